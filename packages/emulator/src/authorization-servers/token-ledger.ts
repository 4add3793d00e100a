import type { EmulatorClock } from '../clock.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Lifetimes } from './lifetimes.ts'

/** What an authorization server and the API behind it share: the time, and the access tokens that are out. */
export interface TokenLedger {
  readonly clock: EmulatorClock
  readonly lifetimes: Lifetimes
  readonly accessTokens: AccessTokens
  readonly resourceServer: ResourceServerState
}

/** What sets the resource server apart from the authorization server. */
export interface ResourceServerState {
  /** Whether it refuses every access token. */
  isRefusing: boolean
  /** How far its clock is ahead, in milliseconds. */
  clockSkewMs: number
}
