// The waist alone: types and guards for adapters, without the engine and without oauth4webapi.
export type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
  VariantOptions,
} from './access-token-source.ts'
export { createAuthorizedFetch } from './authorized-fetch.ts'
export * from './errors/index.ts'
