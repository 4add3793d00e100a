import type { BrowserSnapshot } from '@evergrant/browser'
import type { ObservableTokens } from './observable-tokens.ts'

/** What a component can do. Each function is one and the same for as long as the tokens are. */
export type AccessTokenActions = {
  // Not picked: linters would take them for methods, which must not be taken out of their object.
  readonly [Name in 'fetch' | 'getAccessToken' | 'refresh' | 'signIn' | 'signOut']: ObservableTokens[Name]
}

interface Held {
  /**
   * The access token that is held, for places that take nothing but a string; reading it asks for one. Elsewhere use
   * `fetch` or `getAccessToken`, which are never stale. Undefined: none is held yet, or in proxy mode, none ever is.
   */
  readonly accessToken: string | undefined
}

/** What a snapshot of a status holds, and `undefined` for what only the others hold. */
type StateOf<
  Snapshot extends BrowserSnapshot,
  Facts = Snapshot extends { readonly status: 'authenticated' } ? Snapshot & Held : Snapshot,
> = AccessTokenActions & Facts & { readonly [Field in Exclude<StateField, keyof Facts>]?: undefined }

type SnapshotOf<Status> = Extract<BrowserSnapshot, { readonly status: Status }>

/** Everything that can change. */
export type StateField = keyof SnapshotOf<'authenticated'> | keyof Held

/** What `useAccessToken` returns. A refresh shows in `isRefreshing` and never in `status`. */
export type AccessTokenState =
  | StateOf<SnapshotOf<'pending'>>
  | StateOf<SnapshotOf<'authenticated'>>
  | StateOf<SnapshotOf<'unauthenticated'>>
  | StateOf<SnapshotOf<'error'>>

/** What `useAccessTokenSuspense` returns: whether somebody is signed in is known. */
export type KnownAccessTokenState = Extract<
  AccessTokenState,
  { readonly status: 'authenticated' | 'unauthenticated' }
>
