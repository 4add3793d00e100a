import { windowsOf } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { at, canaries, event, exchange, life, start, withCanaries } from './life.test-support.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel, TimelineOptions } from './model.ts'
import { stateAt } from './state.ts'
import { windowInstants } from './token-life.ts'

const modelOf = (inputs: readonly unknown[], options?: TimelineOptions): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, createTimelineModel(options))

const explanation = (details: object = {}): object => ({
  provider: 'travis',
  summary: 'Never kept.',
  step: { action: 'use', because: 'fresh' },
  next: { action: 'refresh-token', at: at(245) },
  accessToken: {
    expiresAt: at(300),
    remainingMs: 200_000,
    lifetimeMs: 300_000,
    advisoryMs: 60_000,
    mandatoryMs: 30_000,
    isRejected: false,
  },
  refreshToken: { status: 'usable', expiresAt: undefined },
  canRegrant: false,
  failure: undefined,
  ...details,
})

describe('the timeline', () => {
  test('counts what happened', () => {
    expect(modelOf(life).counts).toEqual({
      refreshes: 2,
      regrants: 1,
      signIns: 0,
      adoptions: 1,
      failures: 1,
      rejections: 1,
      waits: 1,
    })
  })

  test('knows each life with its reason and its windows', () => {
    const [first, second, third, fourth] = modelOf(life).lives
    expect(first).toEqual({
      issuedAt: at(0),
      expiresAt: at(300),
      advisoryAt: at(240),
      mandatoryAt: at(270),
      rung: 're-grant',
      because: 'missing',
      tookMs: 310,
      rejectedAt: undefined,
      endedAt: at(245.042),
    })
    expect(second).toMatchObject({ because: 'advisory-window', rejectedAt: at(330), endedAt: at(348.1) })
    expect(third).toMatchObject({ rung: undefined, advisoryAt: undefined, expiresAt: at(640) })
    expect(fourth).toMatchObject({ because: 'mandatory-window', tookMs: 1200, endedAt: undefined })
  })

  test.each([
    [300_000, 0],
    [300_000, 40_000],
    [60_000, 1200],
    [86_400_000, 300],
    [1000, 5000],
  ])(
    'uses the windows of core for a lifetime of %d ms and a slowest request of %d ms',
    (lifetimeMs, slowestMs) => {
      const { advisoryMs, mandatoryMs } = windowsOf(lifetimeMs, slowestMs)
      expect(windowInstants(start + lifetimeMs, lifetimeMs, slowestMs)).toEqual({
        advisoryAt: start + lifetimeMs - advisoryMs,
        mandatoryAt: start + lifetimeMs - mandatoryMs,
      })
    },
  )

  test('never changes what it was given', () => {
    const before = modelOf(life.slice(0, 4))
    const copy = structuredClone(before)
    reduceTimeline(before, life[4])
    expect(before).toEqual(copy)
  })

  test('survives JSON', () => {
    expect(modelOf(JSON.parse(JSON.stringify(life)) as unknown[])).toEqual(modelOf(life))
  })

  test.each([undefined, null, 7, 'event', [], {}, { type: 'toString', at: 1 }, { type: 'token-obtained' }])(
    'is left as it is by %j',
    input => {
      const model = modelOf(life)
      expect(reduceTimeline(model, input)).toBe(model)
    },
  )

  test('ignores the event of a newer core, and reads names it does not know', () => {
    const model = modelOf([
      event('token-polished', 1),
      event('exchange-started', 2, { rung: 'device', because: 'x' }),
    ])
    expect(model.events).toHaveLength(1)
    expect(model.exchange).toEqual({ startedAt: at(2), rung: 'device', because: 'x' })
  })

  test('draws one credential: that of its key, or of the first event', () => {
    const foreign = { ...event('signed-in', 3), key: 'other' }
    expect(modelOf([...life, foreign]).events).toHaveLength(life.length)
    expect(modelOf([...life, foreign], { key: 'other' }).events).toHaveLength(1)
  })

  test('keeps a bounded past, and the current life however old it is', () => {
    const rejections = Array.from({ length: 700 }, (_, index) => event('token-rejected', 10 + index, {}))
    const model = modelOf([...exchange(0, 're-grant', 'missing', 50, 86_400), ...rejections])
    expect(model.events).toHaveLength(500)
    expect(model.lives).toHaveLength(1)
    expect(model.counts.rejections).toBe(700)
    const later = reduceTimeline(model, event('claim-waited', 5000, { waitedMs: 1 }))
    expect(later.events).toHaveLength(1)
    expect(later.lives).toHaveLength(1)
    expect(modelOf(rejections, { maxEvents: 3, historyMs: 1000 }).events).toHaveLength(2)
  })

  test('puts events in order that overtook each other', () => {
    const model = modelOf([event('signed-in', 5), event('claim-waited', 4, { waitedMs: 2 })])
    expect(model.events.map(({ type }) => type)).toEqual(['claim-waited', 'signed-in'])
  })

  test('learns a token and its windows from an explanation', () => {
    const model = modelOf([explanation()])
    expect(model).toMatchObject({ provider: 'travis', next: { action: 'refresh-token', at: at(245) } })
    expect(model.lives).toMatchObject([
      { issuedAt: start, expiresAt: at(300), advisoryAt: at(240), mandatoryAt: at(270), rung: undefined },
    ])
    expect(JSON.stringify(model)).not.toContain('Never kept')
  })

  test('joins an explanation and the event of the same token, whichever comes first', () => {
    const events = exchange(0.5, 'refresh-token', 'expired', 90, 300)
    expect(modelOf([explanation(), ...events]).lives).toHaveLength(1)
    const model = modelOf([...events, explanation()])
    expect(model.lives).toMatchObject([{ tookMs: 90, because: 'expired', advisoryAt: at(240) }])
    expect(modelOf([explanation(), event('token-adopted', 9, { expiresAt: at(300) })]).lives).toHaveLength(1)
  })

  test('an explanation from before the last token changes no life', () => {
    const model = modelOf([...exchange(245, 'refresh-token', 'advisory-window', 40), explanation()])
    expect(model.lives).toMatchObject([{ expiresAt: at(545) }])
  })

  test('holds nothing of unknown members', () => {
    const inputs = [...withCanaries(life), { ...explanation(), ...withCanaries([{}])[0] }]
    const kept = JSON.stringify(modelOf(inputs))
    for (const canary of canaries) expect(kept).not.toContain(canary)
  })

  test('drops from messages what looks like a token or a query, and what a terminal would obey', () => {
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYWtlIn0.c2lnbmF0dXJl'
    const message = `\u001B[31mGET https://u:p@host/t?password=fake#x sent ${jwt} and 0123456789abcdef0123456789abcdef`
    const kept = JSON.stringify(modelOf([event('warned', 1, { message })]).events)
    expect(kept).toContain('[31mGET https://host/t sent … and …')
    expect(kept).not.toContain('u001')
  })
})

describe('the state', () => {
  const failure = { rung: 'refresh-token', kind: 'transient', code: 'network_error', message: 'No answer.' }
  const token = exchange(0, 'refresh-token', 'missing', 0)

  test.each([
    ['unknown', [], 0],
    ['renewing', token.slice(0, 1), 1],
    ['unknown', token.slice(0, 1), 90],
    ['fresh', token, 10],
    ['advisory', token, 250],
    ['mandatory', token, 280],
    ['expired', token, 300],
    ['rejected', [...token, event('token-rejected', 5, { isCurrent: true })], 6],
    ['fresh', [...token, event('token-rejected', 5, { isCurrent: false })], 6],
    [
      'failing',
      [...token, event('token-rejected', 5, { isCurrent: true }), event('exchange-failed', 6, failure)],
      7,
    ],
    [
      'failing',
      [...token, event('exchange-failed', 5, failure), event('token-rejected', 6, { isCurrent: true })],
      7,
    ],
    ['struggling', [...token, event('token-rejected', 5, {}), event('exchange-failed', 6, failure)], 7],
    ['struggling', [...token, event('exchange-failed', 5, failure)], 6],
    ['failing', [event('exchange-failed', 5, failure)], 6],
    ['fresh', [event('exchange-failed', 0, failure), ...token], 6],
    ['sign-in-needed', [event('reauthorization-required', 5, { reason: 'never-signed-in' })], 6],
    ['signed-out', [...token, event('signed-out', 5, { isSessionEnded: true })], 6],
    ['fresh', [event('signed-out', 0, {}), ...token], 6],
    ['sign-in-needed', [explanation({ step: { action: 'reauthorize', reason: 'no-refresh-token' } })], 6],
  ])('is %s', (state, inputs, seconds) => {
    expect(stateAt(modelOf(inputs), at(seconds))).toBe(state)
  })
})
