export { describeClient } from './client-suite/describe-client.ts'
export type {
  ClientAnswer,
  ClientRequest,
  ClientUnderTest,
  DescribedClient,
} from './client-suite/client-under-test.ts'
export type { CoreUnderTest, TokensUnderTest } from './client-suite/core-under-test.ts'
