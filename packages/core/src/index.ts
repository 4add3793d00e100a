export * from './source.ts'
export type {
  Authorization,
  AuthorizationBase,
  AuthorizationServer,
  Client,
  Resource,
  Rotation,
  SessionEnd,
} from './authorization.ts'
export { anonymous } from './client-authentication/anonymous.ts'
export type {
  ClientAuthentication,
  ClientAuthenticationRequest,
} from './client-authentication/client-authentication.ts'
export { clientSecretBasic } from './client-authentication/client-secret-basic.ts'
export type { ClientSecretBasicOptions } from './client-authentication/client-secret-basic.ts'
export { clientSecretJwt } from './client-authentication/client-secret-jwt.ts'
export { clientSecretPost } from './client-authentication/client-secret-post.ts'
export { none } from './client-authentication/none.ts'
export { privateKeyJwt } from './client-authentication/private-key-jwt.ts'
export type { PrivateKey } from './client-authentication/private-key-jwt.ts'
export { systemClock } from './clock.ts'
export type { Clock, ScheduleOptions } from './clock.ts'
export type { EventBase, EventListener, EvergrantEvent } from './events.ts'
export type { Explanation } from './explain.ts'
export type { FailureKind, Rung } from './failure.ts'
export { clientCredentials } from './grants/client-credentials.ts'
export type { ClientCredentialsOptions } from './grants/client-credentials.ts'
export type { Grant, GrantParameters } from './grants/grant.ts'
export { passwordGrant } from './grants/password.ts'
export type { PasswordCredentials, PasswordGrantOptions } from './grants/password.ts'
export { refreshTokenGrant } from './grants/refresh-token.ts'
export type { RefreshTokenGrantOptions } from './grants/refresh-token.ts'
export type { SharedOptions } from './manager-options.ts'
export { memoryStore } from './memory-store.ts'
export type { MemoryStoreOptions } from './memory-store.ts'
export { accessFreshForMs, decideAccess, rejectionSlotMs } from './access-policy.ts'
export type { AccessPolicyState, AccessStep } from './access-policy.ts'
export { decide, floorMs, freshForMs, refreshLeadMs, windowsOf } from './refresh-policy.ts'
export type { AccessState, DueReason, PolicyRequest, PolicyState, Step, Windows } from './refresh-policy.ts'
export type { SignOutResult } from './session-end.ts'
export type { SessionInfo } from './session-info.ts'
export type { TokenSnapshot } from './snapshot.ts'
export type { Stored, TokenStore, WriteOptions, WriteResult } from './store.ts'
export { createTokenManager } from './create-token-manager.ts'
export type { TokenManagerOptions } from './create-token-manager.ts'
export type { TokenManager } from './token-manager.ts'
export type { TokenSet } from './token-set.ts'
export { createUserTokens } from './user-tokens.ts'
export type { UserTokens, UserTokensOptions } from './user-tokens.ts'
