// Compile-time facts about the public types: `tsc` is the test, and an unused expectation is an error.
import {
  anonymous,
  clientCredentials,
  clientSecretBasic,
  createTokenManager,
  createUserTokens,
  memoryStore,
  passwordGrant,
  refreshTokenGrant,
} from './index.ts'
import type {
  Authorization,
  AuthorizationBase,
  AuthorizationServer,
  Client,
  Clock,
  EvergrantError,
  EvergrantErrorCode,
  GetAccessTokenOptions,
  Grant,
  Resource,
  Step,
  TokenManagerOptions,
  TokenSnapshot,
  TokenStore,
  UserTokensOptions,
  VariantOptions,
} from './index.ts'

declare const base: AuthorizationBase
declare const application: Authorization
declare const users: Authorization<never>
declare const grant: Grant
declare const store: TokenStore

// An application's own grant can never become a user's token, nor can a users' authorization act as the application.
createTokenManager(application)
createTokenManager({ ...base, grant })
createUserTokens(users)
createUserTokens(base)
// @ts-expect-error a manager needs a grant
createTokenManager(users)
// @ts-expect-error a manager needs a grant
createTokenManager(base)
// @ts-expect-error users sign in: a grant of the application is refused
createUserTokens(application)
// @ts-expect-error users sign in: a grant of the application is refused
createUserTokens({ ...base, grant })
// @ts-expect-error an authorization for users is none for the application
export const wrong: Authorization = users

// Optional members take undefined, as `process.env` gives it.
const nothing: undefined = undefined
export const server: AuthorizationServer = {
  tokenEndpoint: 'https://auth.example.test/token',
  issuer: nothing,
  revocationEndpoint: nothing,
  introspectionEndpoint: nothing,
  userinfoEndpoint: nothing,
  jwksUri: nothing,
  sessionEnd: nothing,
  sessionInfoEndpoint: nothing,
  rotation: nothing,
  firstRung: nothing,
  tokenRequest: nothing,
  deadGrantErrors: nothing,
  allowsMissingTokenType: nothing,
  defaultLifetimeMs: nothing,
  refreshKillsAccessToken: nothing,
  allowInsecureHttp: nothing,
}
export const client: Client = { clientId: nothing, authentication: anonymous() }
export const resource: Resource = { origins: [], baseUrl: nothing, missing: nothing }
export const shared: UserTokensOptions & TokenManagerOptions = {
  store: nothing,
  onEvent: nothing,
  timeoutMs: nothing,
  holdMs: nothing,
  fetch: nothing,
  clock: nothing,
  random: nothing,
  waitUntil: nothing,
}
export const asked: GetAccessTokenOptions & VariantOptions = {
  minTtlMs: nothing,
  forceRefresh: nothing,
  signal: nothing,
  scope: nothing,
  resource: nothing,
}
clientCredentials({ scope: nothing })
passwordGrant(
  { username: 'fake-user', password: 'fake-password' },
  { scope: nothing, credentialVersion: nothing },
)
refreshTokenGrant({ refreshToken: 'fake', scope: nothing, isSingleUse: nothing, refusalAdvice: nothing })
clientSecretBasic('fake-secret', { encoding: nothing })
memoryStore({ clock: nothing })
void store.write('key', 'payload', { ifMatch: null, writeId: 'id', keepMs: nothing, notify: nothing })

// @ts-expect-error the encoding is one of three
clientSecretBasic('fake-secret', { encoding: 'base64' })
// @ts-expect-error "must not exist" is said explicitly
void store.write('key', 'payload', { writeId: 'id' })
// @ts-expect-error a clock has three methods
export const clock: Clock = { wall: () => 0, monotonic: () => 0 }
// @ts-expect-error authorizations are plain data that nobody changes
application.provider = 'other'

// The unions are closed: a switch over them is exhaustive without a default.
export function ofStep(step: Step): string {
  switch (step.action) {
    case 'use':
    case 'use-and-refresh':
    case 'refresh':
    case 're-grant':
    case 'wait-until':
      return step.because
    case 'reauthorize':
      return step.reason
  }
}
export function ofSnapshot(snapshot: TokenSnapshot): number | string | undefined {
  if (snapshot.status === 'authenticated') return snapshot.expiresAt
  // @ts-expect-error only who is signed in has an expiry
  const expiresAt: unknown = snapshot.expiresAt
  return snapshot.status === 'unauthenticated' ? snapshot.reason : String(expiresAt)
}
export const codeOf = (error: EvergrantError): EvergrantErrorCode => error.code
// @ts-expect-error no other code exists
export const noCode: EvergrantErrorCode = 'unknown_code'
