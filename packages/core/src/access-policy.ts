/** What a decision about the access token alone looks at; all of it plain data, all durations as of now. */
export interface AccessPolicyState {
  readonly access?: AccessState | undefined
  /** The slowest of the last token requests, in milliseconds. */
  readonly slowestMs: number
  /** This instance's own place in the advisory window, from 0 to 1. */
  readonly draw: number
  /** Until the next attempt after a failure; 0: at once. */
  readonly backOffMs: number
  /** Until another exchange is allowed after a successful one; 0: at once. */
  readonly guardMs: number
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

/** What to do about the access token. `renew`: obtain a new one, however that is done. */
export type AccessStep =
  | { readonly action: 'use'; readonly because: 'fresh' | 'guarded' | 'backing-off' | 'unanswered' }
  | { readonly action: 'wait-until'; readonly retryInMs: number; readonly because: DueReason }
  | {
      readonly action: 'renew'
      readonly because: DueReason
      /** Whether the token still lives. */
      readonly isUsable: boolean
      /** Whether callers get it meanwhile. */
      readonly isBackground: boolean
    }

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

/**
 * Decides about the access token alone, whoever renews it. `diesInMs`: until the refresh token ends, where only a person
 * follows it; undefined: it never does.
 */
export function decideAccess(
  state: AccessPolicyState,
  request: PolicyRequest = {},
  diesInMs?: number,
): AccessStep {
  const { access, backOffMs, guardMs } = state
  const because = dueReason(state, request, diesInMs)
  if (because === undefined) return { action: 'use', because: 'fresh' }
  if (access !== undefined) {
    if (guardMs > 0) return { action: 'use', because: 'guarded' }
    if (because === 'rejected' && access.rejectionWaitMs > 0) return { action: 'use', because: 'unanswered' }
  }
  const isUsable = isAlive(access)
  if (backOffMs > 0) {
    if (isUsable) return { action: 'use', because: 'backing-off' }
    return { action: 'wait-until', retryInMs: backOffMs, because }
  }
  return { action: 'renew', because, isUsable, isBackground: isUsable && backgroundReasons.has(because) }
}

/** For how long from now a plain request is answered from memory without another thought, in milliseconds. */
export function accessFreshForMs(state: AccessPolicyState, diesInMs?: number): number {
  const step = decideAccess(state, {}, diesInMs)
  const { access, slowestMs, draw } = state
  if (step.action !== 'use' || step.because !== 'fresh' || access === undefined) return 0
  const { remainingMs, lifetimeMs } = access
  if (remainingMs === undefined || lifetimeMs === undefined) return remainingMs ?? Number.POSITIVE_INFINITY
  const untilAdvisoryMs = remainingMs - refreshLeadMs(lifetimeMs, slowestMs, draw)
  if (diesInMs === undefined || diesInMs >= remainingMs) return untilAdvisoryMs
  return Math.min(untilAdvisoryMs, diesInMs - windowsOf(lifetimeMs, slowestMs).advisoryMs)
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

function dueReason(
  { access, slowestMs, draw }: AccessPolicyState,
  request: PolicyRequest,
  diesInMs: number | undefined,
): DueReason | undefined {
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
  if (diesInMs !== undefined && diesInMs < access.remainingMs && diesInMs <= windows.advisoryMs)
    return 'refresh-token-expires'
  return access.isClockTurnedBack ? 'clock-turned-back' : undefined
}
