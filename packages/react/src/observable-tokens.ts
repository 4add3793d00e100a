import type { BrowserTokens } from '@evergrant/browser'

/**
 * What the hooks work with: what `createBrowserTokens` makes, or anything of this shape. Its methods are bound, and
 * `getSnapshot` returns one object until something of it changes.
 */
export type ObservableTokens = Pick<
  BrowserTokens,
  | 'fetch'
  | 'getAccessToken'
  | 'getServerSnapshot'
  | 'getSnapshot'
  | 'load'
  | 'peekAccessToken'
  | 'refresh'
  | 'signIn'
  | 'signOut'
  | 'subscribe'
>
