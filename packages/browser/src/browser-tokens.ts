import type { AccessTokenSource, SignOutResult } from '@evergrant/core'
import { checkOptions } from './options.ts'
import type { BrowserTokensOptions } from './options.ts'
import { PageTokens } from './page-tokens.ts'
import type { BrowserSnapshot } from './snapshot.ts'

/** A user's name and password. */
export interface SignInCredentials {
  readonly username: string
  readonly password: string
}

/**
 * The access tokens of whoever is signed in, in one page. All methods are bound, so they can be passed as values.
 * Tabs of one origin and endpoint share one session and one request for each token.
 */
export interface BrowserTokens extends AccessTokenSource {
  /** Returns what is known now, without asking: one object until something of it changes. */
  getSnapshot(): BrowserSnapshot
  /** Returns the constant snapshot of a server: pending. */
  getServerSnapshot(): BrowserSnapshot
  /**
   * Calls `listener` after each change; returns the function that ends it. The first subscriber asks who is signed in,
   * and while there is one in a visible page, tokens are renewed before they end.
   */
  subscribe(listener: () => void): () => void
  /** Returns the access token that is held now, without asking; undefined: none is, as always in proxy mode. */
  peekAccessToken(): string | undefined
  /** Asks once who is signed in; concurrent and later calls share the answer. */
  load(): Promise<BrowserSnapshot>
  /**
   * Signs somebody in, in all tabs. Whoever was signed in before is not any more.
   * @throws {AuthorizationServerError} name or password are wrong (`credentials_rejected`)
   * @throws {TooManyAttemptsError} there were too many tries
   * @throws {NetworkError} no usable answer came
   * @throws {SupersededError} somebody signed in or out meanwhile
   */
  signIn(credentials: SignInCredentials): Promise<void>
  /**
   * Signs out, in all tabs.
   * @throws {NetworkError} no usable answer came: whoever was signed in still is
   */
  signOut(): Promise<SignOutResult>
  /** Obtains a new access token, or in proxy mode asks anew who is signed in. Calls wait, and the status stays. */
  refresh(): Promise<void>
  /** Ends everything: listeners, channel, locks and timers. Later calls reject with `DisposedError`. */
  dispose(): void
}

/**
 * Makes the access tokens of a page, over the routes of `@evergrant/server`. Nothing happens before the first call or
 * subscriber, so it can be made where a server renders; listeners, channel and timers end half a minute after the last.
 * @throws {ConfigurationError} an option cannot work
 * @see RFC 10017 §6.1, §6.2
 * @example
 * const tokens = createBrowserTokens({ proxy: '/api/travis/' })
 * await tokens.signIn({ username, password })
 * const vehicles = await tokens.fetch('vehicles')
 */
export function createBrowserTokens(options: BrowserTokensOptions = {}): BrowserTokens {
  checkOptions(options)
  return new PageTokens(options)
}
