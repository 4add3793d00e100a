export { describeTokenStore } from './token-store-suite/describe-token-store.ts'
export type {
  StoredUnderTest,
  StoreUnderTest,
  TokenStorePlace,
  WriteOptionsUnderTest,
  WriteResultUnderTest,
} from './token-store-suite/store-under-test.ts'
