import { describe, expect, test } from 'vitest'
import { at, event, exchange } from './life.test-support.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel } from './model.ts'
import { lastSentence, nextSentence } from './sentence.ts'

const modelOf = (inputs: readonly unknown[]): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, createTimelineModel())

const failed = (details: object): object =>
  event('exchange-failed', 1, { rung: 'refresh-token', kind: 'transient', message: 'No answer.', ...details })

describe('the last event in a sentence', () => {
  test.each([
    ['Nothing yet.', []],
    [
      'Refreshed in the background with the refresh token, which was replaced, in 42 ms; the next 5 min are safe.',
      exchange(0, 'refresh-token', 'advisory-window', 42),
    ],
    [
      'Obtained with the grant, while callers waited 1.2 s, because no access token was held; the next 59 s are safe.',
      exchange(0, 're-grant', 'missing', 1200, 60),
    ],
    ['Signed in, in 0 ms; the next 5 min are safe.', exchange(0, 'sign-in', 'sign-in', 0)],
    [
      'Obtained with an exchange, in 7 ms; it names no lifetime.',
      [event('token-obtained', 1, { rung: 'device', tookMs: 7 })],
    ],
    [
      'Uses the refresh token, because the access token had expired.',
      [event('exchange-started', 1, { rung: 'refresh-token', because: 'expired' })],
    ],
    [
      'Took over an access token that another process had obtained; the next 1 min 30 s are safe.',
      [event('token-adopted', 0, { expiresAt: at(90) })],
    ],
    ['The refresh failed: No answer. Next attempt after 30 s.', [failed({ retryAt: at(31) })]],
    [
      'The sign-in failed: No answer. The credentials are not tried again before they change.',
      [failed({ rung: 'sign-in', kind: 'credentials-rejected' })],
    ],
    [
      'The server no longer accepts the refresh token.',
      [event('refresh-token-died', 1, { reason: 'refresh-token-refused' })],
    ],
    [
      'The refresh token is lost, with an answer of the server that never came.',
      [event('refresh-token-died', 1, { reason: 'response-lost' })],
    ],
    [
      'The API refused the access token; the request is sent again with a new one.',
      [event('token-rejected', 1, { isCurrent: true, willReplay: true })],
    ],
    [
      'The API refused the access token.',
      [event('token-rejected', 1, { isCurrent: true, willReplay: false })],
    ],
    [
      'The API refused an access token that had been replaced already.',
      [event('token-rejected', 1, { isCurrent: false, willReplay: true })],
    ],
    ['Waited 2.5 s for another process that held the claim.', [event('claim-waited', 1, { waitedMs: 2500 })]],
    [
      'A person has to sign in: nobody has yet.',
      [event('reauthorization-required', 1, { reason: 'never-signed-in' })],
    ],
    ['Signed in.', [event('signed-in', 1)]],
    [
      'Signed out, and the session at the server is over.',
      [event('signed-out', 1, { isSessionEnded: true })],
    ],
    [
      'Signed out here; the session at the server may go on.',
      [event('signed-out', 1, { isSessionEnded: false })],
    ],
    ['Redis is away.', [event('degraded', 1, { message: 'Redis is away.' })]],
  ])('is: %s', (sentence, inputs) => {
    expect(lastSentence(modelOf(inputs))).toBe(sentence)
  })
})

describe('the last event while the exchange fails', () => {
  const token = exchange(0, 'refresh-token', 'missing', 0)
  const refused = (seconds: number, details: object = {}): object =>
    event('token-rejected', seconds, { isCurrent: true, willReplay: false, ...details })
  const outage = (seconds: number, details: object = {}): object =>
    event('exchange-failed', seconds, {
      rung: 'refresh-token',
      kind: 'transient',
      message: 'auth.example.com answered 503.',
      retryAt: at(seconds + 30),
      ...details,
    })
  const explained = (failure: object | undefined): object => ({ step: { action: 'wait-until' }, failure })
  const known = { message: 'auth.example.com answered 503.', retryAt: at(32) }

  const failure = 'The refresh failed: auth.example.com answered 503. Next attempt after 30 s.'
  const stopped =
    'The refresh failed: auth.example.com answered 503. The credentials are not tried again before they change.'
  const refusal = 'The API refused the access token.'
  const old = 'The API refused an access token that had been replaced already.'
  const begun = 'Uses the refresh token, because the access token had expired.'
  const flood = Array.from({ length: 600 }, (_, index) => refused(3 + index / 100))

  test.each([
    ['a refusal before the failure', failure, [...token, refused(1), outage(2)]],
    ['refusals after the failure', failure, [...token, refused(1), outage(2), refused(3), refused(4)]],
    ['more refusals than are kept', failure, [...token, outage(2), ...flood]],
    ['those, and an explanation', failure, [...token, outage(2), ...flood, explained(known)]],
    ['a wait and warnings', failure, [outage(2), event('claim-waited', 3), event('degraded', 4)]],
    ['a second failure', failure, [outage(2, { message: 'No answer.' }), outage(3), refused(4)]],
    [
      'credentials that are refused',
      stopped,
      [outage(2, { kind: 'credentials-rejected', retryAt: undefined })],
    ],
    [
      'the next attempt',
      begun,
      [outage(2), event('exchange-started', 32, { rung: 'refresh-token', because: 'expired' }), refused(33)],
    ],
    [
      'a refresh token that died',
      'The server no longer accepts the refresh token.',
      [outage(2), event('refresh-token-died', 3), refused(4)],
    ],
    [
      'a person who is needed',
      'A person has to sign in.',
      [outage(2), event('reauthorization-required', 3), refused(4)],
    ],
    [
      'a failure that only an explanation knows',
      known.message,
      [...token, refused(1), explained(known), refused(3)],
    ],
    [
      'another failure than that of the event',
      'Redis said so.',
      [...token, outage(2), ...flood, explained({ ...known, message: 'Redis said so.' })],
    ],
    ['a failure without words', 'The exchange failed.', [explained({ retryAt: at(32) })]],
    ['an explanation that knows of none', refusal, [...token, outage(2), refused(3), explained(undefined)]],
    ['a success', refusal, [outage(2), ...exchange(40, 'refresh-token', 'expired', 0), refused(41)]],
    [
      'a token taken over',
      old,
      [outage(2), event('token-adopted', 3, { expiresAt: at(300) }), refused(4, { isCurrent: false })],
    ],
    [
      'a sign-out',
      'Signed out here; the session at the server may go on.',
      [
        ...token,
        event('signed-out', 2),
        { ...explained(known), step: { action: 'reauthorize', reason: 'signed-out' } },
      ],
    ],
  ])('after %s is: %s', (_, sentence, inputs) => {
    expect(lastSentence(modelOf(inputs))).toBe(sentence)
  })

  test.each([
    ['before the next attempt', 20, failure],
    ['once it may be tried again, with a token that is good', 40, old],
    ['once that token has expired', 300, failure],
  ])('is, %s (%d s): %s', (_, seconds, sentence) => {
    const model = modelOf([...token, outage(2), refused(3, { isCurrent: false })])
    expect(lastSentence(model, at(seconds))).toBe(sentence)
  })

  test.each(['token-obtained', 'token-adopted', 'signed-in', 'signed-out'])(
    'is a failure of another process that an explanation knows, after %s',
    type => {
      const inputs = [outage(1), event(type, 2, { rung: 'refresh-token' }), explained(known), refused(3)]
      expect(lastSentence(modelOf(inputs))).toBe(known.message)
    },
  )

  test('is the failure for as long as the API refuses the only token', () => {
    expect(lastSentence(modelOf([...token, outage(2), refused(3)]), at(40))).toBe(failure)
  })
})

describe('what comes next', () => {
  const token = exchange(0, 'refresh-token', 'missing', 0)
  const next = { action: 'refresh-token', at: at(250) }
  const explained = { step: { action: 'use' }, next }

  test.each([
    ['', [], 0],
    ['A token request is on its way.', token.slice(0, 1), 1],
    ['In 3 min 50 s it is due for a refresh in the background.', token, 10],
    ['In 4 min the refresh token is used.', [...token, explained], 10],
    ['The next call renews it.', token, 280],
    ['The exchange is tried again in 30 s.', [...token, failed({ retryAt: at(40) })], 10],
    ['The next call tries again.', [...token, failed({ retryAt: at(40) })], 50],
    [
      'It is not tried again before the configuration changes.',
      [failed({ kind: 'credentials-rejected' })],
      2,
    ],
    ['Somebody has to sign in.', [event('signed-out', 1)], 2],
    [
      'It is used until the API refuses it.',
      [event('token-obtained', 1, { rung: 're-grant', tookMs: 1 })],
      2,
    ],
  ])('is: %s', (sentence, inputs, seconds) => {
    expect(nextSentence(modelOf(inputs), at(seconds))).toBe(sentence)
  })
})
