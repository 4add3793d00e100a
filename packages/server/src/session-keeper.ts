import type { AccessTokenSource, TokenManager } from '@evergrant/core'
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

/** How sessions are kept between requests: by an id and a store, or sealed in the cookie. */
export interface SessionKeeper {
  /**
   * Finds the session of the presented cookie values.
   * @throws {StoreError} the store is down
   */
  find(presented: readonly (string | undefined)[]): Promise<Finding>
  /** Begins to keep a session whose tokens are in the store already. */
  start(session: KeptSession): Promise<void>
  /** Forgets a session. Its tokens are signed out already. */
  end(session: KeptSession): Promise<void>
  /** The values that the cookies must have from now on, or undefined if what was presented is still right. */
  valuesOf(session: KeptSession): Promise<readonly string[] | undefined>
  /** The tokens, for places that cannot set a cookie. */
  readOnly(session: KeptSession): AccessTokenSource
}
