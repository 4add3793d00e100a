import type { Rung } from './failure.ts'
import type { ReauthorizationReason } from './errors/reauthorization-required-error.ts'

/** What the decision looks at; all of it plain data, all durations as of now. */
export interface PolicyState {
  readonly access?: AccessState | undefined
  /** The refresh token. `expired` by the local clock; the server has the last word. */
  readonly refresh: {
    readonly status: 'none' | 'usable' | 'expired' | 'dead'
    readonly remainingMs?: number | undefined
  }
  readonly canRegrant: boolean
  readonly firstRung: Rung
  /** The slowest of the last token requests, in milliseconds. */
  readonly slowestMs: number
  /** This instance's own place in the advisory window, from 0 to 1. */
  readonly draw: number
  /** Until the next attempt after a failure; 0: at once. */
  readonly backOffMs: number
  /** Until another exchange is allowed after a successful one; 0: at once. */
  readonly guardMs: number
  /** Why only a person helps, once the rungs are used up. */
  readonly personReason: ReauthorizationReason
  readonly isSignedOut: boolean
}

/** The access token, as of now. */
export interface AccessState {
  /** Undefined: the server named no lifetime. */
  readonly lifetimeMs?: number | undefined
  readonly remainingMs?: number | undefined
  /** The API refused this very token. */
  readonly isRejected: boolean
  /** Until a refusal may cause the next refresh; 0: at once. */
  readonly rejectionWaitMs: number
  /** The wall clock stands before the moment the token was obtained. */
  readonly isClockTurnedBack: boolean
}

/** What a caller asks for beyond "a usable token". */
export interface PolicyRequest {
  readonly minTtlMs?: number | undefined
  readonly forceRefresh?: boolean | undefined
  /** The current token was requested after the call began: it is the freshest there can be. */
  readonly isFreshest?: boolean | undefined
}

/** Why a token is due. */
export type DueReason =
  | 'missing'
  | 'expired'
  | 'rejected'
  | 'forced'
  | 'min-ttl'
  | 'mandatory-window'
  | 'advisory-window'
  | 'refresh-token-expires'
  | 'clock-turned-back'

/** What to do next. */
export type Step =
  | {
      readonly action: 'use'
      readonly because: 'fresh' | 'guarded' | 'backing-off' | 'nothing-left' | 'unanswered'
    }
  | { readonly action: 'use-and-refresh'; readonly rung: Rung; readonly because: DueReason }
  | { readonly action: 'refresh' | 're-grant'; readonly rung: Rung; readonly because: DueReason }
  | { readonly action: 'reauthorize'; readonly reason: ReauthorizationReason }
  | { readonly action: 'wait-until'; readonly retryInMs: number; readonly because: DueReason }

/** The two windows before the end of a token's life, in milliseconds. */
export interface Windows {
  /** From here on a refresh runs in the background. */
  readonly advisoryMs: number
  /** From here on callers wait. */
  readonly mandatoryMs: number
}

/** The windows for a lifetime: they scale with it and with how slow the server is, and never exceed half of it. */
export function windowsOf(lifetimeMs: number, slowestMs: number): Windows {
  const mandatoryMs = Math.min(60_000, lifetimeMs / 10)
  const wantedMs = Math.max(Math.min(900_000, lifetimeMs / 5), mandatoryMs + 2 * slowestMs)
  return { mandatoryMs, advisoryMs: Math.min(wantedMs, lifetimeMs / 2) }
}

/**
 * How long before expiry this instance starts its background refresh: its draw decides where in the first half of the
 * advisory window, but never so late that the slowest request would reach into the mandatory window.
 */
export function refreshLeadMs(lifetimeMs: number, slowestMs: number, draw: number): number {
  const { advisoryMs, mandatoryMs } = windowsOf(lifetimeMs, slowestMs)
  const drawnMs = advisoryMs - (draw * advisoryMs) / 2
  return Math.min(advisoryMs, Math.max(drawnMs, mandatoryMs + slowestMs))
}

/** The least time between two successful exchanges, whatever asks for them: never below a quarter of a second. */
export function floorMs(lifetimeMs: number | undefined): number {
  return lifetimeMs !== undefined && lifetimeMs > 0 ? Math.max(250, Math.min(5000, lifetimeMs / 4)) : 5000
}

/** How long the answer to a refused fresh token is "no", after `count` refusals in a row. */
export function rejectionSlotMs(count: number): number {
  return Math.min(300_000, 5000 * 2 ** Math.min(count, 20))
}

/** The heart: decides what a credential does next. Pure; `explain()` says the same in words. */
export function decide(state: PolicyState, request: PolicyRequest = {}): Step {
  if (state.isSignedOut) return { action: 'reauthorize', reason: 'signed-out' }
  const because = dueReason(state, request)
  if (because === undefined) return { action: 'use', because: 'fresh' }
  if (state.access !== undefined) {
    if (state.guardMs > 0) return { action: 'use', because: 'guarded' }
    if (because === 'rejected' && state.access.rejectionWaitMs > 0)
      return { action: 'use', because: 'unanswered' }
  }
  const isUsable = isAlive(state.access)
  if (state.backOffMs > 0) {
    if (isUsable) return { action: 'use', because: 'backing-off' }
    return { action: 'wait-until', retryInMs: state.backOffMs, because }
  }
  const rung = nextRung(state)
  if (rung === undefined) {
    // One refusal by an API may be its own fault; together with a dead refresh token it is the end of the session.
    const isOver = !isUsable || (because === 'rejected' && state.refresh.status === 'dead')
    return isOver
      ? { action: 'reauthorize', reason: state.personReason }
      : { action: 'use', because: 'nothing-left' }
  }
  if (isUsable && backgroundReasons.has(because)) return { action: 'use-and-refresh', rung, because }
  return { action: rung === 'refresh-token' ? 'refresh' : 're-grant', rung, because }
}

/** The rung to stand on now, or undefined if only a person helps. */
export function nextRung(state: Pick<PolicyState, 'refresh' | 'canRegrant' | 'firstRung'>): Rung | undefined {
  const { refresh, canRegrant, firstRung } = state
  if (canRegrant && firstRung === 're-grant') return 're-grant'
  if (refresh.status === 'usable') return 'refresh-token'
  // A local clock may be wrong: where nothing but a person follows, the server decides.
  if (refresh.status === 'expired' && !canRegrant) return 'refresh-token'
  return canRegrant ? 're-grant' : undefined
}

/** For how long from now a plain request is answered from memory without another thought, in milliseconds. */
export function freshForMs(state: PolicyState): number {
  const step = decide(state)
  const { access, refresh, slowestMs, draw } = state
  if (step.action !== 'use' || step.because !== 'fresh' || access === undefined) return 0
  const { remainingMs, lifetimeMs } = access
  if (remainingMs === undefined || lifetimeMs === undefined) return remainingMs ?? Number.POSITIVE_INFINITY
  const untilAdvisoryMs = remainingMs - refreshLeadMs(lifetimeMs, slowestMs, draw)
  const dies = refresh.status === 'usable' && !state.canRegrant ? refresh.remainingMs : undefined
  if (dies === undefined || dies >= remainingMs) return untilAdvisoryMs
  return Math.min(untilAdvisoryMs, dies - windowsOf(lifetimeMs, slowestMs).advisoryMs)
}

const backgroundReasons: ReadonlySet<DueReason> = new Set<DueReason>([
  'advisory-window',
  'refresh-token-expires',
  'clock-turned-back',
])

function isAlive(access: AccessState | undefined): boolean {
  if (access === undefined) return false
  return access.remainingMs === undefined || access.remainingMs > 0
}

function dueReason(state: PolicyState, request: PolicyRequest): DueReason | undefined {
  const { access, refresh, slowestMs, draw } = state
  if (access === undefined) return 'missing'
  // A token that was requested after the call began satisfies the call, whatever its lifetime says.
  if (request.isFreshest) {
    if (!isAlive(access)) return undefined
  } else {
    if (!isAlive(access)) return 'expired'
    if (access.isRejected) return 'rejected'
    if (request.forceRefresh) return 'forced'
    if (access.remainingMs !== undefined && access.remainingMs < (request.minTtlMs ?? 0)) return 'min-ttl'
  }
  if (access.remainingMs === undefined || access.lifetimeMs === undefined) {
    return access.isClockTurnedBack ? 'clock-turned-back' : undefined
  }
  const windows = windowsOf(access.lifetimeMs, slowestMs)
  if (!request.isFreshest && access.remainingMs <= windows.mandatoryMs) return 'mandatory-window'
  if (access.remainingMs <= refreshLeadMs(access.lifetimeMs, slowestMs, draw)) return 'advisory-window'
  const dies = refresh.status === 'usable' && !state.canRegrant ? refresh.remainingMs : undefined
  if (dies !== undefined && dies < access.remainingMs && dies <= windows.advisoryMs)
    return 'refresh-token-expires'
  return access.isClockTurnedBack ? 'clock-turned-back' : undefined
}
