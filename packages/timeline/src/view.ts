import type { TimelineModel } from './model.ts'
import { markOf } from './marks.ts'
import type { Mark } from './marks.ts'
import { currentLife } from './token-life.ts'
import type { TokenLife } from './token-life.ts'

/** What a stretch of time was: a part of a token's life, or a wait. */
export type StretchKind = 'safe' | 'advisory' | 'mandatory' | 'rejected' | 'back-off' | 'claim'

/** What each kind of stretch is called. */
export const stretchLabels: Readonly<Record<StretchKind, string>> = {
  safe: 'safe',
  advisory: 'refresh in the background',
  mandatory: 'callers wait',
  rejected: 'held but refused',
  'back-off': 'back-off',
  claim: 'claim held elsewhere',
}

/** A stretch of time. Instants in epoch milliseconds. */
export interface Stretch {
  readonly kind: StretchKind
  readonly from: number
  readonly to: number
}

/** What is to be seen at one moment: the same for the drawing, the text and the description. */
export interface TimelineView {
  readonly now: number
  /** The visible part of time. */
  readonly from: number
  readonly to: number
  /** The lives of tokens in their parts, oldest first. */
  readonly stretches: readonly Stretch[]
  /** Back-offs and waits for claims that others held. */
  readonly waits: readonly Stretch[]
  readonly marks: readonly Mark[]
  /** The whole life of the current token in its parts; empty if there is none, or it names no lifetime. */
  readonly drain: readonly Stretch[]
}

const leastSpanMs = 60_000

/** Chooses what is visible at `now`: the past that is kept, and as much of the future as the current token lives. */
export function viewAt(model: TimelineModel, now: number): TimelineView {
  const { historyMs, lives, events } = model
  const life = currentLife(lives)
  const firstAt = Math.min(now, lives[0]?.issuedAt ?? now, events[0]?.at ?? now)
  const from = Math.max(firstAt, now - historyMs)
  const pastMs = Math.max(now - from, leastSpanMs)
  const endsAt = Math.max(now, life?.expiresAt ?? now, model.failure?.retryAt ?? now)
  const futureMs = Math.min(Math.max(endsAt - now, pastMs / 20), pastMs)
  const visible = { from: now - pastMs * 1.04, to: now + futureMs * 1.04 }
  return {
    now,
    ...visible,
    stretches: lives
      .flatMap((one, index) => partsOf(one, visible.to, lives[index - 1]?.endedAt))
      .flatMap(clip),
    waits: waitsOf(model).flatMap(clip),
    marks: events.flatMap(markOf).filter(({ at }) => at >= visible.from && at <= visible.to),
    drain: life?.expiresAt === undefined ? [] : partsOf(life, life.expiresAt),
  }

  function clip(stretch: Stretch): Stretch[] {
    const clipped = {
      kind: stretch.kind,
      from: Math.max(stretch.from, visible.from),
      to: Math.min(stretch.to, visible.to),
    }
    return clipped.to > clipped.from ? [clipped] : []
  }
}

/** Where an instant lies between the ends of `view`, from 0 to 1. */
export function placeOf(at: number, { from, to }: { from: number; to: number }): number {
  return to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 0
}

function partsOf(life: TokenLife, farthest: number, after = Number.NEGATIVE_INFINITY): Stretch[] {
  const end = Math.min(life.endedAt ?? farthest, life.expiresAt ?? farthest)
  const usable = Math.min(end, life.rejectedAt ?? end)
  const begin = Math.max(life.issuedAt, after)
  const advisory = Math.min(usable, life.advisoryAt ?? life.mandatoryAt ?? usable)
  const mandatory = Math.min(usable, life.mandatoryAt ?? usable)
  const parts: Stretch[] = [
    { kind: 'safe', from: begin, to: advisory },
    { kind: 'advisory', from: Math.max(begin, advisory), to: mandatory },
    { kind: 'mandatory', from: Math.max(begin, mandatory), to: usable },
    { kind: 'rejected', from: Math.max(begin, usable), to: end },
  ]
  return parts.filter(({ from, to }) => to > from)
}

function waitsOf({ events }: TimelineModel): Stretch[] {
  return events.flatMap((event, index): Stretch[] => {
    if (event.type === 'claim-waited')
      return [{ kind: 'claim', from: event.at - event.waitedMs, to: event.at }]
    if (event.type !== 'exchange-failed' || event.retryAt === undefined) return []
    // Another attempt, or a token from elsewhere, ends a back-off early.
    const ended = events.slice(index + 1).find(({ type }) => endOfBackOff.has(type))?.at
    return [{ kind: 'back-off', from: event.at, to: Math.min(event.retryAt, ended ?? event.retryAt) }]
  })
}

const endOfBackOff: ReadonlySet<string> = new Set([
  'exchange-started',
  'token-obtained',
  'token-adopted',
  'signed-in',
  'signed-out',
])
