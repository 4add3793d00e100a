import type { AccessTokenSource, SignOutResult } from '@evergrant/core'
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
  readonly getAccessToken: AccessTokenSource['getAccessToken']
  readonly authorize: AccessTokenSource['authorize']
  readonly settle: AccessTokenSource['settle']
  readonly variant: AccessTokenSource['variant']
  /** Returns what is known now, without asking: one object until something of it changes. */
  readonly getSnapshot: () => BrowserSnapshot
  /** Returns the constant snapshot of a server: pending. */
  readonly getServerSnapshot: () => BrowserSnapshot
  /**
   * Calls `listener` after each change, of the snapshot or the token that is held; returns the function that ends it.
   * The first subscriber asks who is signed in, and while there is one in a visible page, tokens are renewed before they
   * end.
   */
  readonly subscribe: (listener: () => void) => () => void
  /** Returns the access token that is held now, without asking; undefined: none is, as always in proxy mode. */
  readonly peekAccessToken: () => string | undefined
  /** Asks once who is signed in; concurrent and later calls share the answer. */
  readonly load: () => Promise<BrowserSnapshot>
  /**
   * Signs somebody in, in all tabs. Whoever was signed in before is not any more.
   * @throws {AuthorizationServerError} name or password are wrong (`credentials_rejected`)
   * @throws {TooManyAttemptsError} there were too many tries
   * @throws {NetworkError} no usable answer came
   * @throws {SupersededError} somebody signed in or out meanwhile
   */
  readonly signIn: (credentials: SignInCredentials) => Promise<void>
  /**
   * Signs out, in all tabs.
   * @throws {NetworkError} no usable answer came: the server is asked whether anybody is still signed in
   * @throws {SupersededError} somebody signed in or out meanwhile
   */
  readonly signOut: () => Promise<SignOutResult>
  /** Obtains a new access token, or in proxy mode asks anew who is signed in. Calls wait, and the status stays. */
  readonly refresh: () => Promise<void>
  /** Ends everything: listeners, channel, locks and timers. Later calls reject with `DisposedError`. */
  readonly dispose: () => void
}
