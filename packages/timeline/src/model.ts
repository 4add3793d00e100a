import { explainFailure } from './failure.ts'
import type { TimelineFailure } from './failure.ts'
import { insertEvent, isTurnedBack, prune, turnBack } from './history.ts'
import { numberOf } from './plain-text.ts'
import { readEvent } from './read-event.ts'
import type { TimelineEvent } from './read-event.ts'
import { readExplanation } from './read-explanation.ts'
import type { TimelineExplanation } from './read-explanation.ts'
import {
  currentLife,
  explainLives,
  isSameExpiry,
  succeed,
  windowInstants,
  withCurrent,
} from './token-life.ts'
import type { TokenLife } from './token-life.ts'

/** Options of {@link createTimelineModel}. */
export interface TimelineOptions {
  /** The key of the credential to draw. Default: that of the first event. Events of other keys are ignored. */
  readonly key?: string | undefined
  /** How much of the past is kept and shown, in milliseconds. Default: 900 000, a quarter of an hour. */
  readonly historyMs?: number | undefined
  /** The most events and token lives that are kept. Default: 500. */
  readonly maxEvents?: number | undefined
}

/** How often something happened since the model was created; never cut to the history. */
export interface TimelineCounts {
  readonly refreshes: number
  readonly regrants: number
  readonly signIns: number
  readonly adoptions: number
  readonly failures: number
  readonly rejections: number
  readonly waits: number
}

/** One credential's life: plain, immutable data without a secret. Instants in epoch milliseconds. */
export interface TimelineModel {
  readonly historyMs: number
  readonly maxEvents: number
  readonly key: string | undefined
  /** The provider's name; empty until something named it. */
  readonly provider: string
  /** The kept events, oldest first. */
  readonly events: readonly TimelineEvent[]
  /** The kept lives of access tokens, oldest first. */
  readonly lives: readonly TokenLife[]
  readonly counts: TimelineCounts
  /** The exchange that runs. */
  readonly exchange:
    { readonly startedAt: number; readonly rung: string; readonly because: string | undefined } | undefined
  /** The failure that still counts. */
  readonly failure: TimelineFailure | undefined
  /** Why a person has to sign in, if one has to. */
  readonly personReason: string | undefined
  /** What happens next by itself, as the last explanation said; undefined after an event that may change it. */
  readonly next: TimelineExplanation['next']
  /** How long the last token requests took, in milliseconds: the windows grow with the slowest. */
  readonly tookMs: readonly number[]
}

const measuredRequests = 8
const zero: TimelineCounts = {
  refreshes: 0,
  regrants: 0,
  signIns: 0,
  adoptions: 0,
  failures: 0,
  rejections: 0,
  waits: 0,
}

/** Creates the empty timeline of one credential. An option that is none counts as absent. */
export function createTimelineModel(options?: TimelineOptions | null): TimelineModel {
  return {
    historyMs: positive(options?.historyMs, 900_000),
    maxEvents: Math.ceil(positive(options?.maxEvents, 500)),
    key: options?.key ?? undefined,
    provider: '',
    events: [],
    lives: [],
    counts: zero,
    exchange: undefined,
    failure: undefined,
    personReason: undefined,
    next: undefined,
    tookMs: [],
  }
}

/**
 * Returns the timeline after an `EvergrantEvent` or an `Explanation` of core, also as parsed JSON. Pure. Only known
 * members are read; what is neither, and events of other credentials, leave the timeline as it is. An event that is older
 * than the whole history says that the clock was turned back: what lies after it is dropped.
 */
export function reduceTimeline(model: TimelineModel, input: unknown): TimelineModel {
  const event = readEvent(input)
  if (event !== undefined) return withEvent(model, event)
  const explanation = readExplanation(input)
  return explanation === undefined ? model : withExplanation(model, explanation)
}

function withEvent(model: TimelineModel, event: TimelineEvent): TimelineModel {
  if (model.key !== undefined && model.key !== event.key) return model
  const before = isTurnedBack(model, event.at) ? { ...model, ...turnBack(model, event.at) } : model
  const events = insertEvent(
    before.events,
    event.type === 'token-obtained' ? withReason(before, event) : event,
  )
  const next = { ...before, key: event.key, provider: event.provider || before.provider, events }
  return prune({ ...next, ...changesOf(next, event) })
}

function withReason(model: TimelineModel, event: TimelineEvent & { type: 'token-obtained' }): TimelineEvent {
  return { ...event, because: model.exchange?.because ?? event.because }
}

type Changes = Partial<Omit<TimelineModel, 'key' | 'events'>>

const settled = { exchange: undefined, failure: undefined, personReason: undefined, next: undefined }

function changesOf(model: TimelineModel, event: TimelineEvent): Changes {
  const { at } = event
  switch (event.type) {
    case 'exchange-started':
      return { exchange: { startedAt: at, rung: event.rung, because: event.because } }
    case 'token-obtained':
      return obtained(model, event)
    case 'token-adopted': {
      const isKnown = isAnnounced(model.lives, event.expiresAt)
      const lives = isKnown ? model.lives : succeed(model.lives, at, adoptedLife(at, event.expiresAt))
      return { ...settled, lives, counts: count(model, 'adoptions') }
    }
    case 'exchange-failed': {
      const { message, retryAt } = event
      const counts = count(model, 'failures')
      return { exchange: undefined, next: undefined, failure: { message, retryAt, event }, counts }
    }
    case 'refresh-token-died':
      return { exchange: undefined, next: undefined }
    case 'token-rejected': {
      const counts = count(model, 'rejections')
      if (!event.isCurrent) return { counts }
      const lives = withCurrent(model.lives, life => ({ ...life, rejectedAt: life.rejectedAt ?? at }))
      return { counts, lives, next: undefined }
    }
    case 'claim-waited':
      return { counts: count(model, 'waits') }
    case 'reauthorization-required':
      return { exchange: undefined, next: undefined, personReason: event.reason ?? 'unknown' }
    case 'signed-in':
      return { ...settled, next: model.next }
    case 'signed-out':
      return { ...settled, lives: succeed(model.lives, at), personReason: 'signed-out' }
    case 'degraded':
    case 'warned':
      return {}
  }
}

function obtained(model: TimelineModel, event: TimelineEvent & { type: 'token-obtained' }): Changes {
  const { at, rung, expiresAt } = event
  const tookMs = [...model.tookMs, event.tookMs].slice(-measuredRequests)
  const issuedAt = at - event.tookMs
  const lifetimeMs = expiresAt === undefined ? undefined : expiresAt - issuedAt
  const life: TokenLife = {
    issuedAt,
    expiresAt,
    ...windowInstants(expiresAt, lifetimeMs, Math.max(...tookMs)),
    rung,
    because: model.exchange?.because ?? event.because,
    tookMs: event.tookMs,
    rejectedAt: undefined,
    endedAt: undefined,
  }
  const name = countOfRung[rung]
  const counts = name === undefined ? model.counts : count(model, name)
  const before = isAnnounced(model.lives, expiresAt) ? model.lives.slice(0, -1) : model.lives
  return { ...settled, tookMs, lives: succeed(before, at, life), counts }
}

// An explanation may be faster than the event that tells how the token came.
function isAnnounced(lives: readonly TokenLife[], expiresAt: number | undefined): boolean {
  const current = currentLife(lives)
  return current !== undefined && current.tookMs === undefined && isSameExpiry(current.expiresAt, expiresAt)
}

const countOfRung: Readonly<Record<string, keyof TimelineCounts | undefined>> = {
  'refresh-token': 'refreshes',
  're-grant': 'regrants',
  'sign-in': 'signIns',
}

function adoptedLife(at: number, expiresAt: number | undefined): TokenLife {
  return {
    issuedAt: at,
    expiresAt,
    advisoryAt: undefined,
    mandatoryAt: undefined,
    rung: undefined,
    because: undefined,
    tookMs: undefined,
    rejectedAt: undefined,
    endedAt: undefined,
  }
}

function withExplanation(model: TimelineModel, explanation: TimelineExplanation): TimelineModel {
  const { failure, reason, next } = explanation
  const lives = explainLives(model.lives, explanation.accessToken, model.events.at(-1)?.at)
  return prune({
    ...model,
    provider: explanation.provider || model.provider,
    lives,
    failure: explainFailure(model.failure, failure),
    personReason: reason,
    next,
    // No step of an explanation says "running"; a token that no event announced ends the wait for one.
    exchange:
      currentLife(lives)?.expiresAt === currentLife(model.lives)?.expiresAt ? model.exchange : undefined,
  })
}

function count(model: TimelineModel, name: keyof TimelineCounts): TimelineCounts {
  return { ...model.counts, [name]: model.counts[name] + 1 }
}

function positive(value: unknown, fallback: number): number {
  const number = numberOf(value) ?? 0
  return number > 0 ? number : fallback
}
