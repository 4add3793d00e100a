import { describe, expect, test } from 'vitest'
import { describeTimeline, headline, lifeSentence } from './describe.ts'
import { drawTimeline } from './drawing.ts'
import { at, event, exchange } from './life.test-support.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel } from './model.ts'
import { renderTimelineText } from './render-text.ts'
import { nextSentence } from './sentence.ts'
import { stateAt } from './state.ts'
import { viewAt } from './view.ts'

const modelOf = (inputs: readonly unknown[]): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, createTimelineModel())

const token = exchange(0, 'refresh-token', 'missing', 0)
const refused = event('token-rejected', 5, { isCurrent: true, willReplay: false })
const failed = (details: object = {}): object =>
  event('exchange-failed', 6, { rung: 'refresh-token', kind: 'transient', message: 'No answer.', ...details })
const explained = (isRejected: boolean, details: object = {}): object => ({
  step: { action: 'use' },
  accessToken: {
    expiresAt: at(300),
    lifetimeMs: 300_000,
    advisoryMs: 60_000,
    mandatoryMs: 30_000,
    isRejected,
    ...details,
  },
})
const lifetimeless = event('token-obtained', 0, { rung: 're-grant', tookMs: 0 })

describe('an access token that the API refuses and that cannot be renewed', () => {
  const model = modelOf([...token, refused, failed({ retryAt: at(36) })])
  const text = renderTimelineText(model, { now: at(16), width: 120, timeZone: 'UTC' })

  test('is none, by every word of the picture', () => {
    expect(stateAt(model, at(16))).toBe('failing')
    expect(headline(model, at(16))).toEqual({ state: 'No access token', left: 'refused 11 s ago' })
    expect(describeTimeline(model, at(16), { timeZone: 'UTC' })).toBe(
      'No access token, refused 11 s ago. The access token is from 09:00:00, was refused by the API at 09:00:05 and ' +
        'expires at 09:05:00. The refresh failed: No answer. Next attempt after 30 s. ' +
        'The exchange is tried again in 20 s. So far: 1 refresh, 1 refusal by the API, 1 failure.',
    )
    expect(text).toContain('No access token, refused 11 s ago')
    expect(text).toContain('x held but refused')
    expect(text).toContain('X refused by the API')
  })

  test('is drawn as refused for the rest of its life', () => {
    const { drain } = viewAt(model, at(16))
    expect(drain.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['safe', at(0), at(5)],
      ['rejected', at(5), at(300)],
    ])
    expect(text.split('\n')[1]).toMatch(/^life {2}\[\.+x+\]$/)
    expect(JSON.stringify(drawTimeline(viewAt(model, at(16)), 700))).not.toContain('refresh from')
  })
})

describe('what is said of an access token that the API refuses', () => {
  test.each([
    [
      'while nothing failed',
      [...token, refused],
      8,
      'Refused by the API',
      'refused 3 s ago',
      'The next call renews it.',
    ],
    [
      'while it is renewed',
      [...token, refused, event('exchange-started', 6, { rung: 'refresh-token' })],
      8,
      'Renewing',
      'refused 3 s ago',
      'A token request is on its way.',
    ],
    [
      'once it has expired, too',
      [...token, refused, failed({ retryAt: at(310) })],
      305,
      'No access token',
      'expired 5 s ago',
      'The exchange is tried again in 5 s.',
    ],
    [
      'where it names no lifetime',
      [lifetimeless, refused],
      8,
      'Refused by the API',
      'refused 3 s ago',
      'The next call renews it.',
    ],
    [
      'where only an explanation knows of it',
      [...token, event('claim-waited', 4, { waitedMs: 1 }), explained(true)],
      8,
      'Refused by the API',
      'refused 4 s ago',
      'The next call renews it.',
    ],
    [
      'where only an explanation knows of the token',
      [explained(true)],
      8,
      'Refused by the API',
      'refused 8 s ago',
      'The next call renews it.',
    ],
    [
      'once the API took it again',
      [...token, refused, explained(false)],
      8,
      'Fresh',
      '4 min 52 s left',
      'In 3 min 52 s it is due for a refresh in the background.',
    ],
    [
      'once the API took one again that names no lifetime',
      [lifetimeless, refused, explained(false, { expiresAt: undefined, lifetimeMs: undefined })],
      8,
      'Fresh',
      'no lifetime named',
      'It is used until the API refuses it.',
    ],
  ])('%s', (_, inputs, seconds, state, left, next) => {
    const model = modelOf(inputs)
    expect(headline(model, at(seconds))).toEqual({ state, left })
    expect(nextSentence(model, at(seconds))).toBe(next)
  })

  test('is no window, because nobody uses it', () => {
    expect(lifeSentence(modelOf([...token, refused]), { timeZone: 'UTC' })).toBe(
      'The access token is from 09:00:00, was refused by the API at 09:00:05 and expires at 09:05:00.',
    )
  })

  test('stays since when it is so, whatever explanations follow', () => {
    const model = modelOf([...token, refused, event('claim-waited', 7, { waitedMs: 1 }), explained(true)])
    expect(headline(model, at(8)).left).toBe('refused 3 s ago')
  })
})
