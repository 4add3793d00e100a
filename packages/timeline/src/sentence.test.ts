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
