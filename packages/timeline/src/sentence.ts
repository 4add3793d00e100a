import { duration, span } from './duration.ts'
import type { TimelineModel } from './model.ts'
import type { TimelineEvent } from './read-event.ts'
import { isFailingAt, stateAt } from './state.ts'
import { currentLife } from './token-life.ts'

/**
 * Says in one sentence for a person what happened last. While the exchange fails, that is what failed, however often the
 * API refuses the access token in the meantime.
 * @param now epoch milliseconds. Default: when the last event happened
 */
export function lastSentence(model: TimelineModel, now?: number): string {
  const event = model.events.at(-1)
  if (isFailingAt(model, now ?? event?.at ?? 0)) return troubleSentence(model)
  if (event !== undefined) return eventSentence(event)
  return model.lives.length > 0 ? 'An access token is held; nothing has happened since.' : 'Nothing yet.'
}

function troubleSentence({ events, failure }: TimelineModel): string {
  const last = events.findLast(({ type }) => weights[type] !== 'aside')
  if (last !== undefined && weights[last.type] === 'trouble') return eventSentence(last)
  return failure?.event === undefined
    ? failure?.message || 'The exchange failed.'
    : eventSentence(failure.event)
}

/** What an event says about a credential that cannot be renewed: that it is so, that it is over, or neither. */
const weights: Readonly<Record<TimelineEvent['type'], 'trouble' | 'end' | 'aside'>> = {
  'exchange-started': 'trouble',
  'exchange-failed': 'trouble',
  'refresh-token-died': 'trouble',
  'reauthorization-required': 'trouble',
  'token-obtained': 'end',
  'token-adopted': 'end',
  'signed-in': 'end',
  'signed-out': 'end',
  'token-rejected': 'aside',
  'claim-waited': 'aside',
  degraded: 'aside',
  warned: 'aside',
}

/** Says what happens next by itself as of `now`, in epoch milliseconds; empty if that is not known. */
export function nextSentence(model: TimelineModel, now: number): string {
  const state = stateAt(model, now)
  if (state === 'sign-in-needed' || state === 'signed-out') return 'Somebody has to sign in.'
  if (state === 'renewing') return 'A token request is on its way.'
  const retryAt = model.failure?.retryAt
  if (retryAt !== undefined)
    return retryAt > now
      ? `The exchange is tried again in ${span(retryAt - now)}.`
      : 'The next call tries again.'
  if (state === 'failing') return 'It is not tried again before the configuration changes.'
  if (state === 'rejected' && model.next === undefined) return 'The next call renews it.'
  const life = currentLife(model.lives)
  const at = model.next?.at ?? life?.advisoryAt
  if (at === undefined)
    return life && life.expiresAt === undefined ? 'It is used until the API refuses it.' : ''
  if (at <= now) return state === 'unknown' ? '' : 'The next call renews it.'
  const action = nextActions[model.next?.action ?? ''] ?? 'it is due for a refresh in the background'
  return `In ${span(at - now)} ${action}.`
}

const nextActions: Readonly<Record<string, string>> = {
  'refresh-token': 'the refresh token is used',
  're-grant': 'the grant is repeated',
  'sign-in': 'somebody has to sign in',
  retry: 'the exchange is tried again',
}

/** Says one event in one sentence. */
export function eventSentence(event: TimelineEvent): string {
  switch (event.type) {
    case 'exchange-started':
      return `${startings[event.rung] ?? 'Asks for a new access token'}${reasonClause(event.because)}.`
    case 'token-obtained':
      return obtainedSentence(event)
    case 'token-adopted':
      return `Took over an access token that another process had obtained; ${safety(event)}.`
    case 'exchange-failed':
      return failedSentence(event)
    case 'refresh-token-died':
      return event.reason === 'response-lost'
        ? 'The refresh token is lost, with an answer of the server that never came.'
        : 'The server no longer accepts the refresh token.'
    case 'token-rejected':
      return rejectedSentence(event)
    case 'claim-waited':
      return `Waited ${duration(event.waitedMs)} for another process that held the claim.`
    case 'reauthorization-required':
      return `A person has to sign in${clause(personReasons[event.reason ?? ''])}.`
    case 'signed-in':
      return 'Signed in.'
    case 'signed-out':
      return event.isSessionEnded
        ? 'Signed out, and the session at the server is over.'
        : 'Signed out here; the session at the server may go on.'
    case 'degraded':
    case 'warned':
      return event.message || (event.type === 'degraded' ? 'The store is unavailable.' : 'A warning.')
  }
}

const backgroundReasons: ReadonlySet<string> = new Set([
  'advisory-window',
  'refresh-token-expires',
  'clock-turned-back',
])

/** Tells whether callers waited for an exchange with that reason; undefined: not known. */
function hadWaitingCallers(because: string | undefined): boolean | undefined {
  return because === undefined ? undefined : because !== 'sign-in' && !backgroundReasons.has(because)
}

function obtainedSentence(event: TimelineEvent & { type: 'token-obtained' }): string {
  const { rung, tookMs, because } = event
  const took = duration(tookMs)
  if (rung === 'sign-in') return `Signed in, in ${took}; ${safety(event)}.`
  const isRefresh = rung === 'refresh-token'
  const verb = isRefresh ? 'Refreshed' : 'Obtained'
  const means = obtainedWith[rung] ?? 'an exchange'
  const rotated = event.isRotated ? ', which was replaced' : ''
  const isWaitedFor = hadWaitingCallers(because)
  if (isWaitedFor) {
    const reason = reasonClause(because)
    return `${verb} with ${means}${rotated}, while callers waited ${took}${reason}; ${safety(event)}.`
  }
  const background = isWaitedFor === false ? ' in the background' : ''
  return `${verb}${background} with ${means}${rotated}, in ${took}; ${safety(event)}.`
}

const obtainedWith: Readonly<Record<string, string>> = {
  'refresh-token': 'the refresh token',
  're-grant': 'the grant',
}

function safety({ at, expiresAt }: { at: number; expiresAt: number | undefined }): string {
  if (expiresAt === undefined) return 'it names no lifetime'
  return expiresAt > at ? `the next ${span(expiresAt - at)} are safe` : 'it is already expired'
}

function failedSentence(event: TimelineEvent & { type: 'exchange-failed' }): string {
  const { rung, message, retryAt, at } = event
  const what = failings[rung] ?? 'The exchange failed'
  const why = message === '' ? '' : `: ${message.replace(/[.\s]+$/, '')}`
  if (event.kind === 'credentials-rejected')
    return `${what}${why}. The credentials are not tried again before they change.`
  return retryAt !== undefined && retryAt > at
    ? `${what}${why}. Next attempt after ${span(retryAt - at)}.`
    : `${what}${why}.`
}

function rejectedSentence({ isCurrent, willReplay }: TimelineEvent & { type: 'token-rejected' }): string {
  if (!isCurrent) return 'The API refused an access token that had been replaced already.'
  return willReplay
    ? 'The API refused the access token; the request is sent again with a new one.'
    : 'The API refused the access token.'
}

const startings: Readonly<Record<string, string>> = {
  'refresh-token': 'Uses the refresh token',
  're-grant': 'Repeats the grant',
  'sign-in': 'Signs in',
}

const failings: Readonly<Record<string, string>> = {
  'refresh-token': 'The refresh failed',
  're-grant': 'Repeating the grant failed',
  'sign-in': 'The sign-in failed',
}

const reasons: Readonly<Record<string, string>> = {
  missing: 'no access token was held',
  expired: 'the access token had expired',
  rejected: 'the API refused the access token',
  forced: 'the caller asked for a new one',
  'min-ttl': 'the access token did not live long enough for the caller',
  'mandatory-window': 'the access token was about to expire',
  'advisory-window': 'the access token was in the last part of its life',
  'refresh-token-expires': 'the refresh token would expire first',
  'clock-turned-back': 'the clock of this machine was set back',
}

const personReasons: Readonly<Record<string, string>> = {
  'never-signed-in': 'nobody has yet',
  'signed-out': 'the user signed out',
  'refresh-token-refused': 'the server no longer accepts the refresh token',
  'response-lost': 'an answer of the server was lost, and the refresh token with it',
  'no-refresh-token': 'no refresh token is held',
}

function reasonClause(because: string | undefined): string {
  const reason = reasons[because ?? '']
  return reason === undefined ? '' : `, because ${reason}`
}

function clause(text: string | undefined): string {
  return text === undefined ? '' : `: ${text}`
}
