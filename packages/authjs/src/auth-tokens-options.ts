import { ConfigurationError } from '@evergrant/core'
import type { SharedOptions } from '@evergrant/core'
import type { TicketedTokensOptions } from '@evergrant/server'
import type { SessionCookieSettings } from './session-cookie.ts'
import type { SignIn } from './sign-in.ts'

/** Options of {@link createAuthTokens}. */
export interface AuthTokensOptions extends SharedOptions, SessionCookieSettings {
  /** The ways to sign in whose tokens are kept fresh. */
  readonly signIns: readonly SignIn[]
  /**
   * `store`: the session cookie names the tokens, which stay in `store`. `cookie`: they travel in Auth.js' encrypted cookie;
   * `store` then remembers rotations. Several instances need one shared store in either case. Default `store`.
   */
  readonly tokensIn?: 'store' | 'cookie' | undefined
  /**
   * How long the store keeps tokens after their last change, in milliseconds: not less than Auth.js' `session.maxAge`.
   * Default 30 days, as Auth.js.
   */
  readonly maxAgeMs?: number | undefined
  /** Puts the access token into the session as `accessToken`, where every script of the page can read it. Default false. */
  readonly exposeAccessToken?: boolean | undefined
  /** Receives what went wrong without ending anybody's session: the place to log it. Default `console.error`. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Receives notices for whoever develops. Default `console.warn`. */
  readonly onNotice?: ((notice: string) => void) | undefined
}

const dayMs = 86_400_000
export const defaultMaxAgeMs: number = 30 * dayMs

/**
 * Checks the options of ours.
 * @throws {ConfigurationError} they cannot work; every fault is named
 */
export function checkOptions({ signIns, tokensIn, maxAgeMs }: AuthTokensOptions): void {
  const problems: string[] = []
  const ids = Array.isArray(signIns) ? signIns.map(({ id }) => id) : []
  if (ids.length === 0)
    problems.push('signIns must name at least one way to sign in, such as keycloakSignIn(…).')
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) problems.push(`signIns holds "${twice}" twice: give one of them another id.`)
  if (tokensIn !== undefined && tokensIn !== 'store' && tokensIn !== 'cookie') {
    problems.push('tokensIn must be "store" or "cookie".')
  }
  if (maxAgeMs !== undefined && !(maxAgeMs >= 1000 && maxAgeMs <= 400 * dayMs)) {
    problems.push('maxAgeMs must be a number of milliseconds between one second and 400 days.')
  }
  if (problems.length > 0) throw new ConfigurationError('createAuthTokens cannot work', problems)
}

/** What the engine takes of the options. */
export function engineOf(options: AuthTokensOptions): Omit<TicketedTokensOptions, 'maxAgeMs' | 'clock'> {
  const { store, tokensIn, onEvent, onStoreOutage, timeoutMs, holdMs, fetch, random, waitUntil } = options
  return { store, tokensIn, onEvent, onStoreOutage, timeoutMs, holdMs, fetch, random, waitUntil }
}

export const memoryNotices: Readonly<Record<'store' | 'cookie', string>> = {
  store:
    'Evergrant: tokens are kept in the memory of this process. After a restart everybody has to sign in again, and other instances do not know them. Pass a store to createAuthTokens.',
  cookie:
    'Evergrant: rotations and sign-outs are remembered in the memory of this process. After a restart a cookie from before a sign-out works again until its tokens end, and several instances use refresh tokens twice. Pass a store to createAuthTokens.',
}
