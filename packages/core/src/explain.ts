import type { Credential } from './credential.ts'
import type { ReauthorizationReason } from './errors/reauthorization-required-error.ts'
import type { Rung } from './failure.ts'
import { decide, freshForMs, nextRung, windowsOf } from './refresh-policy.ts'
import type { DueReason, PolicyState, Step } from './refresh-policy.ts'

/** What a credential would do now, because of what, and what comes next. The decision itself, not a retelling. */
export interface Explanation {
  readonly provider: string
  /** One or two sentences for a person. */
  readonly summary: string
  readonly step: Step
  /** The next thing that happens by itself, if something does. Instants in epoch milliseconds. */
  readonly next: { readonly action: Rung | 'sign-in' | 'retry'; readonly at: number | undefined } | undefined
  readonly accessToken:
    | {
        readonly expiresAt: number | undefined
        readonly remainingMs: number | undefined
        readonly lifetimeMs: number | undefined
        readonly advisoryMs: number | undefined
        readonly mandatoryMs: number | undefined
        readonly isRejected: boolean
      }
    | undefined
  readonly refreshToken: {
    readonly status: PolicyState['refresh']['status']
    readonly expiresAt: number | undefined
  }
  /** Whether the grant can be repeated without a person. */
  readonly canRegrant: boolean
  /** The last failure that still counts, without anything secret. */
  readonly failure: { readonly message: string; readonly retryAt: number | undefined } | undefined
}

/** Explains a credential (one variant of it) as of now. Does no I/O. */
export function explain(credential: Credential, variant = ''): Explanation {
  const { clock, authorization } = credential.environment
  const state = credential.policyState(variant)
  const step = decide(state)
  const wall = clock.wall()
  const standing = credential.standingFailure()
  const expiresAt = credential.expiresAt(variant)
  const lifetimeMs = state.access?.lifetimeMs
  const windows = lifetimeMs === undefined ? undefined : windowsOf(lifetimeMs, state.slowestMs)
  const isRefused = standing?.failure.kind === 'credentials-rejected'
  const next = isRefused && step.action === 'reauthorize' ? undefined : nextOf(state, step, wall)
  return {
    provider: authorization.provider,
    summary: `${sentenceFor(step, state, isRefused)} ${sentenceForNext(next, state, wall)}`.trim(),
    step,
    next,
    accessToken: state.access && {
      expiresAt,
      remainingMs: state.access.remainingMs,
      lifetimeMs,
      advisoryMs: windows?.advisoryMs,
      mandatoryMs: windows?.mandatoryMs,
      isRejected: state.access.isRejected,
    },
    refreshToken: {
      status: state.refresh.status,
      expiresAt: state.refresh.remainingMs === undefined ? undefined : wall + state.refresh.remainingMs,
    },
    canRegrant: state.canRegrant,
    failure: standing && {
      message:
        credential.failures.lastError?.message ?? `The last exchange failed (${standing.failure.kind}).`,
      retryAt:
        standing.failure.kind === 'credentials-rejected' ? undefined : wall + Math.max(0, standing.retryInMs),
    },
  }
}

function nextOf(state: PolicyState, step: Step, wall: number): Explanation['next'] {
  if (step.action === 'reauthorize') return { action: 'sign-in', at: undefined }
  if (step.action === 'wait-until') return { action: 'retry', at: wall + step.retryInMs }
  if ('rung' in step) return { action: step.rung, at: wall }
  const rung = nextRung(state)
  if (step.because === 'backing-off') return { action: 'retry', at: wall + state.backOffMs }
  if (step.because === 'unanswered')
    return rung && { action: rung, at: wall + (state.access?.rejectionWaitMs ?? 0) }
  if (step.because === 'guarded') return rung && { action: rung, at: wall + state.guardMs }
  const freshMs = freshForMs(state)
  if (rung === undefined) {
    const remainingMs = state.access?.remainingMs
    return remainingMs === undefined ? undefined : { action: 'sign-in', at: wall + remainingMs }
  }
  return Number.isFinite(freshMs) ? { action: rung, at: wall + freshMs } : undefined
}

const dueReasons: Record<DueReason, string> = {
  missing: 'no access token is held',
  expired: 'the access token has expired',
  rejected: 'the API refused the access token',
  forced: 'the caller asked for a new one',
  'min-ttl': 'the access token does not live long enough for the caller',
  'mandatory-window': 'the access token is about to expire',
  'advisory-window': 'the access token is in the last part of its life',
  'refresh-token-expires': 'the refresh token expires before the access token',
  'clock-turned-back': 'the clock of this machine was set back',
}

function sentenceFor(step: Step, { access }: PolicyState, isRefused: boolean): string {
  const left = access?.remainingMs === undefined ? '' : ` for another ${duration(access.remainingMs)}`
  switch (step.action) {
    case 'use':
      if (step.because === 'backing-off' && access?.isRejected)
        return 'The API refused the access token, and the last exchange brought no other.'
      return usingSentences[step.because](left)
    case 'use-and-refresh':
      return `The next call gets the held access token and starts a refresh in the background, because ${dueReasons[step.because]}.`
    case 'refresh':
    case 're-grant':
      return `The next call waits for a new access token, because ${dueReasons[step.because]}.`
    case 'wait-until':
      return `Calls fail for now: ${dueReasons[step.because]}, and the last exchange failed.`
    case 'reauthorize':
      if (isRefused)
        return 'The server refused the configured credentials. They are not tried again before they change.'
      return `A person has to sign in: ${personReasons[step.reason]}.`
  }
}

const personReasons: Record<ReauthorizationReason, string> = {
  'never-signed-in': 'nobody has yet',
  'signed-out': 'the user signed out',
  'refresh-token-refused': 'the server no longer accepts the refresh token',
  'response-lost': 'an answer of the server was lost, and the refresh token with it',
  'no-refresh-token': 'no refresh token is held',
}

const usingSentences: Record<Extract<Step, { action: 'use' }>['because'], (left: string) => string> = {
  fresh: left => `The access token is used from memory${left}.`,
  guarded: () => 'The access token was obtained a moment ago and is used as it is.',
  'backing-off': left =>
    `The access token is still valid${left} and is used, although the last exchange failed.`,
  'nothing-left': left => `The access token is used${left}; nothing is held to renew it.`,
  unanswered: () =>
    'The API refused the access token, and others before it: another one is not obtained yet.',
}

const actions: Record<NonNullable<Explanation['next']>['action'], string> = {
  'refresh-token': 'the refresh token is used',
  're-grant': 'the grant is used',
  'sign-in': 'somebody has to sign in',
  retry: 'the exchange is tried again',
}

function sentenceForNext(next: Explanation['next'], state: PolicyState, wall: number): string {
  if (next === undefined)
    return state.access ? 'It names no lifetime: it is used until the API refuses it.' : ''
  if (next.at === undefined) return ''
  const what = actions[next.action]
  return next.at <= wall ? `For that ${what}.` : `In ${duration(next.at - wall)} ${what}.`
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
