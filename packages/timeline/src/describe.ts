import { countOf, span, timeOfDay } from './duration.ts'
import { markOf } from './marks.ts'
import type { TimelineModel } from './model.ts'
import { lastSentence, nextSentence } from './sentence.ts'
import { stateAt, stateLabels } from './state.ts'
import { currentLife } from './token-life.ts'
import type { TokenLife } from './token-life.ts'

/** How instants are said. */
export interface ClockOptions {
  /** An IANA time zone. Default: the local one. */
  readonly timeZone?: string | undefined
}

/** Says the state and what is left: `Fresh, 4 min 12 s left`. Of a token that the API refused, nothing is. */
export function headline(model: TimelineModel, now: number): { state: string; left: string } {
  const life = currentLife(model.lives)
  const state = stateAt(model, now)
  if (life === undefined || state === 'signed-out') return { state: stateLabels[state], left: '' }
  return { state: stateLabels[state], left: leftOf(life, now) }
}

function leftOf({ expiresAt, rejectedAt }: TokenLife, now: number): string {
  if (expiresAt !== undefined && expiresAt <= now) return `expired ${span(now - expiresAt)} ago`
  if (rejectedAt !== undefined) return `refused ${span(now - rejectedAt)} ago`
  return expiresAt === undefined ? 'no lifetime named' : `${span(expiresAt - now)} left`
}

const noWindows = { advisoryAt: undefined, mandatoryAt: undefined }

/** Says where the current access token is in its life, with its windows; empty if there is none. */
export function lifeSentence(model: TimelineModel, { timeZone }: ClockOptions = {}): string {
  const life = currentLife(model.lives)
  if (life === undefined) return ''
  const { issuedAt, expiresAt, rejectedAt } = life
  // What is refused is not used any more, whatever its windows are.
  const { advisoryAt, mandatoryAt } = rejectedAt === undefined ? life : noWindows
  const parts = [`The access token is from ${timeOfDay(issuedAt, timeZone)}`]
  if (rejectedAt !== undefined) parts.push(`was refused by the API at ${timeOfDay(rejectedAt, timeZone)}`)
  if (advisoryAt !== undefined)
    parts.push(`is due for a background refresh from ${timeOfDay(advisoryAt, timeZone)}`)
  if (mandatoryAt !== undefined)
    parts.push(`makes callers wait for a new one from ${timeOfDay(mandatoryAt, timeZone)}`)
  parts.push(expiresAt === undefined ? 'names no lifetime' : `expires at ${timeOfDay(expiresAt, timeZone)}`)
  const last = parts.pop() ?? ''
  return parts.length === 0 ? `${last}.` : `${parts.join(', ')} and ${last}.`
}

/** Says how often what happened: `3 refreshes, 1 failure`; empty if nothing did. */
export function countsSentence({ counts }: TimelineModel): string {
  const all: readonly (readonly [number, string, string?])[] = [
    [counts.refreshes, 'refresh', 'refreshes'],
    [counts.regrants, 'grant'],
    [counts.signIns, 'sign-in'],
    [counts.adoptions, 'token taken over', 'tokens taken over'],
    [counts.waits, 'wait for a claim', 'waits for a claim'],
    [counts.rejections, 'refusal by the API', 'refusals by the API'],
    [counts.failures, 'failure'],
  ]
  return all
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => countOf(count, one, many))
    .join(', ')
}

/** Says the whole picture in a few sentences: what the drawing's text alternative is. */
export function describeTimeline(model: TimelineModel, now: number, options: ClockOptions = {}): string {
  const { state, left } = headline(model, now)
  const counts = countsSentence(model)
  const sentences = [
    left === '' ? `${state}.` : `${state}, ${left}.`,
    lifeSentence(model, options),
    lastSentence(model, now),
    nextSentence(model, now),
    counts === '' ? '' : `So far: ${counts}.`,
  ]
  return sentences.filter(sentence => sentence !== '').join(' ')
}

/** Says the last events with their times, the newest first. */
export function recentLines(model: TimelineModel, most: number, { timeZone }: ClockOptions = {}): string[] {
  return model.events
    .flatMap(markOf)
    .slice(-most)
    .toReversed()
    .map(({ at, sentence }) => `${timeOfDay(at, timeZone)} ${sentence}`)
}
