import type { EvergrantErrorCode } from './errors/evergrant-error.ts'
import type { FailureKind, Rung } from './failure.ts'

/** What every event carries. No event ever carries a token, a secret, a query or a body. */
export interface EventBase {
  readonly provider: string
  /** The credential's key, as in the store. */
  readonly key: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** What happened to a credential. Typed by `type`, in the past tense. */
export type EvergrantEvent = EventBase &
  (
    | { readonly type: 'exchange-started'; readonly rung: Rung | 'sign-in'; readonly because: string }
    | {
        readonly type: 'token-obtained'
        readonly rung: Rung | 'sign-in'
        readonly expiresAt: number | undefined
        readonly tookMs: number
        readonly isRotated: boolean
      }
    | { readonly type: 'token-adopted'; readonly expiresAt: number | undefined }
    | {
        readonly type: 'exchange-failed'
        readonly rung: Rung | 'sign-in'
        readonly kind: FailureKind
        readonly code: EvergrantErrorCode
        readonly message: string
        readonly retryAt: number | undefined
      }
    | { readonly type: 'refresh-token-died'; readonly reason: string }
    | { readonly type: 'token-rejected'; readonly isCurrent: boolean; readonly willReplay: boolean }
    | { readonly type: 'claim-waited'; readonly waitedMs: number }
    | { readonly type: 'reauthorization-required'; readonly reason: string }
    | { readonly type: 'signed-in' }
    | { readonly type: 'signed-out'; readonly isSessionEnded: boolean }
    | { readonly type: 'degraded'; readonly message: string }
    | { readonly type: 'warned'; readonly message: string }
  )

/** The part of an event that its emitter knows; the rest is filled in. */
export type EventDetails = EvergrantEvent extends infer E
  ? E extends EventBase
    ? Omit<E, keyof EventBase>
    : never
  : never

/** Receives events. What it throws is ignored: a listener cannot break a refresh. */
export type EventListener = (event: EvergrantEvent) => void
