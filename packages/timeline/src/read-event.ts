import type { EvergrantEvent } from '@evergrant/core'
import { membersOf, nameOf, numberOf, plainText } from './plain-text.ts'

interface Base {
  readonly provider: string
  /** The credential's key, as in the store. It is compared, never shown. */
  readonly key: string
  /** Epoch milliseconds. */
  readonly at: number
}

/**
 * An event of core as the timeline keeps it: the known members only, names checked, sentences made plain. Names are
 * open strings, because a newer core may know more of them.
 */
export type TimelineEvent = Base &
  (
    | { readonly type: 'exchange-started'; readonly rung: string; readonly because: string | undefined }
    | {
        readonly type: 'token-obtained'
        readonly rung: string
        /** Of the `exchange-started` before it. */
        readonly because: string | undefined
        readonly expiresAt: number | undefined
        readonly tookMs: number
        readonly isRotated: boolean
      }
    | { readonly type: 'token-adopted'; readonly expiresAt: number | undefined }
    | {
        readonly type: 'exchange-failed'
        readonly rung: string
        readonly kind: string | undefined
        readonly code: string | undefined
        readonly message: string
        readonly retryAt: number | undefined
      }
    | { readonly type: 'refresh-token-died'; readonly reason: string | undefined }
    | { readonly type: 'token-rejected'; readonly isCurrent: boolean; readonly willReplay: boolean }
    | { readonly type: 'claim-waited'; readonly waitedMs: number }
    | { readonly type: 'reauthorization-required'; readonly reason: string | undefined }
    | { readonly type: 'signed-in' }
    | { readonly type: 'signed-out'; readonly isSessionEnded: boolean }
    | { readonly type: 'degraded' | 'warned'; readonly message: string }
  )

type Type = EvergrantEvent['type']
type Members = Readonly<Record<string, unknown>>
type Details = TimelineEvent extends infer E ? (E extends Base ? Omit<E, keyof Base> : never) : never

/** Reads an event as it came, perhaps over a wire. Returns undefined for what is none, or one of a newer core. */
export function readEvent(value: unknown): TimelineEvent | undefined {
  const members = membersOf(value)
  const at = numberOf(members['at'])
  const type = members['type']
  if (at === undefined || typeof type !== 'string' || !Object.hasOwn(readers, type)) return undefined
  const key = typeof members['key'] === 'string' ? members['key'] : ''
  const details = readers[type as Type](members)
  return Object.freeze({ provider: plainText(members['provider']), key, at, ...details } as TimelineEvent)
}

const readers: Readonly<Record<Type, (members: Members) => Details>> = {
  'exchange-started': members => ({
    type: 'exchange-started',
    rung: rungOf(members),
    because: nameOf(members['because']),
  }),
  'token-obtained': members => ({
    type: 'token-obtained',
    rung: rungOf(members),
    because: nameOf(members['because']),
    expiresAt: numberOf(members['expiresAt']),
    tookMs: durationOf(members['tookMs']),
    isRotated: members['isRotated'] === true,
  }),
  'token-adopted': members => ({ type: 'token-adopted', expiresAt: numberOf(members['expiresAt']) }),
  'exchange-failed': members => ({
    type: 'exchange-failed',
    rung: rungOf(members),
    kind: nameOf(members['kind']),
    code: nameOf(members['code']),
    message: plainText(members['message']),
    retryAt: numberOf(members['retryAt']),
  }),
  'refresh-token-died': members => ({ type: 'refresh-token-died', reason: nameOf(members['reason']) }),
  'token-rejected': members => ({
    type: 'token-rejected',
    isCurrent: members['isCurrent'] === true,
    willReplay: members['willReplay'] === true,
  }),
  'claim-waited': members => ({ type: 'claim-waited', waitedMs: durationOf(members['waitedMs']) }),
  'reauthorization-required': members => ({
    type: 'reauthorization-required',
    reason: nameOf(members['reason']),
  }),
  'signed-in': () => ({ type: 'signed-in' }),
  'signed-out': members => ({ type: 'signed-out', isSessionEnded: members['isSessionEnded'] === true }),
  degraded: members => ({ type: 'degraded', message: plainText(members['message']) }),
  warned: members => ({ type: 'warned', message: plainText(members['message']) }),
}

function rungOf(members: Members): string {
  return nameOf(members['rung']) ?? 'unknown'
}

function durationOf(value: unknown): number {
  return Math.max(0, numberOf(value) ?? 0)
}
