// The same for proxy mode alone.
export type { BrowserApi } from './api-targets.ts'
export type { BrowserEvent } from './browser-event.ts'
export type { BrowserTokens, SignInCredentials } from './browser-tokens.ts'
export { createBrowserTokens } from './create-proxied-tokens.ts'
export type { BrowserTokensOptions } from './options.ts'
export type { PageEvent, PageEvents, TabChannel, TabLocks } from './platform.ts'
export type { BrowserMode } from './server-session.ts'
export type { BrowserSnapshot } from './snapshot.ts'
