// For packages that carry records from one place to another (sealed cookies, stores, tools). Applications need none of it.
export { aged as ageRecord } from './commit.ts'
export { processMemoryStore } from './memory-store.ts'
export { recordOf } from './obtained-record.ts'
export type { ObtainedTokens } from './obtained-record.ts'
export { readStored, writeStored } from './store-access.ts'
export type { StorePlace } from './store-access.ts'
export { parseRecord, serializeRecord } from './token-record.ts'
export type { StoredAccessToken, StoredRefreshToken, TokenRecord } from './token-record.ts'
