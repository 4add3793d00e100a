import type { AccessTokenSource, TokenManager } from '@evergrant/core'
import type { PresentedCookies } from './session-cookie.ts'
import type { SessionId } from './session-id.ts'

/** A session that a request presents or that has just begun. */
export interface KeptSession {
  readonly id: SessionId
  readonly username: string | undefined
  /** When it ends whatever happens, in epoch milliseconds. */
  readonly expiresAt: number
  readonly manager: TokenManager
}

/** What a keeper found. */
export type Finding =
  | { readonly kind: 'none' }
  /** Cookies were presented that are no session of ours: changed, incomplete, or sealed with a key that is gone. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'found'; readonly session: KeptSession }

/** A cookie of a session. Without a value it stays as the browser has it. */
export interface KeptCookie {
  readonly name: string
  readonly value?: string
  /** Whether it lives as long as the session may, and not only as long as its tokens. */
  readonly isLasting: boolean
}

/** How sessions are kept between requests: by an id and a store, or sealed in the cookie. */
export interface SessionKeeper {
  /**
   * Finds the session of the presented cookies; `name` is the session cookie's.
   * @throws {StoreError} the store is down
   */
  find(presented: PresentedCookies, name: string): Promise<Finding>
  /** Begins to keep a session whose tokens are in the store already. */
  start(session: KeptSession): Promise<void>
  /** Forgets a session. Its tokens are signed out already, or at the same time. */
  end(session: KeptSession): Promise<void>
  /**
   * All cookies of a session from now on; undefined: the browser has them.
   * @throws {ConfigurationError} they do not fit
   */
  cookiesOf(session: KeptSession, name: string): Promise<readonly KeptCookie[] | undefined>
  /** The tokens, for places that cannot set a cookie. */
  readOnly(session: KeptSession): AccessTokenSource
}
