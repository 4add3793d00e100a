// The waist alone: types and guards for adapters, without the engine and without oauth4webapi.
export type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
  VariantOptions,
} from './access-token-source.ts'
export { createAuthorizedFetch, createAuthorizedFetchWith, isSameToken } from './authorized-fetch.ts'
export { createGraphQLFetch } from './graphql-fetch.ts'
export type { GraphQLFetchOptions } from './graphql-fetch.ts'
export { hasActed, isTokenRefused } from './graphql-refusal.ts'
export type { GraphQLAnswerLike, GraphQLErrorLike } from './graphql-refusal.ts'
export * from './errors/index.ts'
export { copyForFetch, isReplayable } from './request-copy.ts'
export type { CopyRequest, Replayable } from './request-copy.ts'
export { toSource } from './plain-source.ts'
export type { GetAccessToken, PlainSourceOptions } from './plain-source.ts'
