import type { EvergrantError } from '@evergrant/core/source'

/** What happened, without secrets. */
export type BrowserEvent =
  | { readonly type: 'signed-in'; readonly signInId: string }
  | { readonly type: 'signed-out' }
  /** An access token came from the server; `token-adopted`: from another tab. */
  | { readonly type: 'token-obtained' | 'token-adopted'; readonly expiresAt: number | undefined }
  | { readonly type: 'request-failed'; readonly error: EvergrantError; readonly retryInMs: number }
  /** Another tab held the lock for too long; it may be frozen. */
  | { readonly type: 'lock-timed-out' }
