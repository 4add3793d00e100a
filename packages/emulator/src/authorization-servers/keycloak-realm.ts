import type { ClientCredentials } from '../credentials.ts'
import type { RefreshTokenAlgorithm } from './signing-keys.ts'
import type { TokenLedger } from './token-ledger.ts'

/** Somebody, or a service account, that tokens stand for. */
export interface KeycloakAccount {
  /** The `sub` claim, a UUID. */
  readonly id: string
  readonly username: string
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  /** Absent for service accounts. */
  readonly person?: { readonly givenName: string; readonly familyName: string; readonly email: string }
  /** Whose records the account sees; absent: all. */
  readonly customerId?: string
}

/** An account that signs in with a password. */
export interface KeycloakUser extends KeycloakAccount {
  readonly password: string
}

/** A confidential client. */
export interface KeycloakClient extends ClientCredentials {
  /** "Direct access grants": the client may use the password grant. */
  readonly allowsPasswordGrant: boolean
  /** "Standard flow": people may sign in to the client with a browser. Default false. */
  readonly allowsStandardFlow?: boolean
  /** "Service accounts": the client may use the client_credentials grant as this account. */
  readonly serviceAccount?: KeycloakAccount
}

/** Everything that makes one realm what it is. */
export interface KeycloakRealm extends TokenLedger {
  readonly name: string
  readonly clients: readonly KeycloakClient[]
  readonly users: readonly KeycloakUser[]
  /** Scopes that every token carries. */
  readonly defaultScope: readonly string[]
  /** Scopes that a request may add, beside `openid`. */
  readonly optionalScope: readonly string[]
  readonly refreshTokenAlgorithm: RefreshTokenAlgorithm
}
