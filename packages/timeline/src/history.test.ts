import { describe, expect, test } from 'vitest'
import { describeTimeline } from './describe.ts'
import { at, event, exchange, life } from './life.test-support.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel } from './model.ts'
import { lastSentence, nextSentence } from './sentence.ts'
import { stateAt } from './state.ts'
import { viewAt } from './view.ts'

const add = (model: TimelineModel, inputs: readonly unknown[]): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, model)
const modelOf = (inputs: readonly unknown[]): TimelineModel => add(createTimelineModel(), inputs)
const typesOf = ({ events }: TimelineModel): string[] => events.map(({ type }) => type)

/** One event of each kind that changes something, with an instant that cannot be. */
const absurd = 8e15
const wrong = [
  { ...event('claim-waited', 0, { waitedMs: 1 }), at: absurd },
  { ...event('exchange-started', 0, { rung: 're-grant', because: 'missing' }), at: absurd },
  { ...event('token-obtained', 0, { rung: 're-grant', tookMs: 5, expiresAt: absurd + 300_000 }), at: absurd },
  { ...event('token-adopted', 0, { expiresAt: absurd + 300_000 }), at: absurd },
  { ...event('token-rejected', 0, { isCurrent: true }), at: absurd },
  {
    ...event('exchange-failed', 0, { rung: 're-grant', message: 'No.', retryAt: absurd + 30_000 }),
    at: absurd,
  },
  { ...event('signed-out', 0, {}), at: absurd },
]

describe('a clock that is turned back', () => {
  const hour = 3600
  const after = [
    event('exchange-started', 700 - hour, { rung: 'refresh-token', because: 'clock-turned-back' }),
    event('token-obtained', 701 - hour, { rung: 'refresh-token', tookMs: 1000, expiresAt: at(1000 - hour) }),
    event('token-rejected', 750 - hour, { isCurrent: true }),
  ]

  test('does not stop the timeline: what happens from then on is kept, and what lies after it is not', () => {
    const model = modelOf([...life, ...after])
    expect(typesOf(model)).toEqual(['exchange-started', 'token-obtained', 'token-rejected'])
    expect(model.lives.at(-1)).toMatchObject({ expiresAt: at(1000 - hour), rejectedAt: at(750 - hour) })
    expect(stateAt(model, at(760 - hour))).toBe('rejected')
    expect(lastSentence(model)).toBe('The API refused the access token.')
    expect(viewAt(model, at(760 - hour)).stretches.map(({ kind }) => kind)).toContain('rejected')
    expect(model.counts).toMatchObject({ refreshes: 3, rejections: 2 })
  })

  test('leaves the token that is held, whose end only an explanation knows', () => {
    const model = modelOf([...life, event('degraded', 700 - hour, { message: 'Redis is away.' })])
    expect(model.lives).toMatchObject([
      { issuedAt: at(700 - hour), expiresAt: undefined, endedAt: undefined },
    ])
    expect(stateAt(model, at(701 - hour))).toBe('fresh')
    const accessToken = { expiresAt: at(1000 - hour), lifetimeMs: 300_000, isRejected: false }
    const explained = reduceTimeline(model, { step: { action: 'use' }, accessToken })
    expect(describeTimeline(explained, at(701 - hour))).toMatch(/^Fresh, 4 min 59 s left\./)
  })

  test('leaves a failure that still counts, but not the instant of the next attempt', () => {
    const failed = event('exchange-failed', 5, { rung: 're-grant', message: 'No answer.', retryAt: at(35) })
    const model = modelOf([failed, event('claim-waited', 10 - hour, { waitedMs: 1 })])
    expect(stateAt(model, at(11 - hour))).toBe('failing')
    expect(nextSentence(model, at(11 - hour))).toBe('The next call tries again.')
  })

  test('leaves a refusal, which is no longer to come', () => {
    const inputs = [...exchange(0, 're-grant', 'missing', 0), event('token-rejected', 5, { isCurrent: true })]
    const model = modelOf([...inputs, event('claim-waited', 10 - hour, { waitedMs: 1 })])
    expect(model.lives).toMatchObject([{ issuedAt: at(10 - hour), rejectedAt: at(10 - hour) }])
    expect(stateAt(model, at(11 - hour))).toBe('rejected')
  })

  test('forgets the exchange that ran', () => {
    const started = event('exchange-started', 5, { rung: 're-grant', because: 'missing' })
    const model = modelOf([started, event('claim-waited', 10 - hour, { waitedMs: 1 })])
    expect(stateAt(model, at(11 - hour))).toBe('unknown')
  })

  test('is not what events are that overtook each other within the history', () => {
    const model = modelOf([event('signed-in', 899), event('claim-waited', 0, { waitedMs: 2 })])
    expect(typesOf(model)).toEqual(['claim-waited', 'signed-in'])
  })

  test('may be told late by explanations: what happens is kept all the same', () => {
    const accessToken = { expiresAt: at(1000), lifetimeMs: 300_000, isRejected: false }
    const explanation = { step: { action: 'use' }, accessToken }
    const model = modelOf([...life, ...after, explanation, event('signed-in', 800 - hour), explanation])
    expect(typesOf(model)).toHaveLength(4)
  })
})

describe('one wrong instant', () => {
  test.each(wrong)('of $type costs what was before it, and nothing of what comes', wrongEvent => {
    const before = modelOf([...exchange(0, 're-grant', 'missing', 50), wrongEvent])
    const model = add(before, exchange(245, 'refresh-token', 'advisory-window', 42))
    expect(typesOf(model)).toEqual(['exchange-started', 'token-obtained'])
    expect(stateAt(model, at(250))).toBe('fresh')
    expect(describeTimeline(model, at(250))).toMatch(/^Fresh, 4 min 55 s left\./)
    const { stretches } = viewAt(model, at(250))
    expect(stretches.at(-1)?.to).toBeGreaterThan(at(250))
    expect(Math.max(...model.lives.map(({ issuedAt, endedAt }) => endedAt ?? issuedAt))).toBeLessThan(at(300))
  })

  test('in the distant past costs no more', () => {
    const model = modelOf([...life, { ...event('claim-waited', 0, { waitedMs: 1 }), at: 5 }])
    expect(stateAt(add(model, exchange(710, 'refresh-token', 'forced', 42)), at(711))).toBe('fresh')
    expect(typesOf(add(model, exchange(710, 'refresh-token', 'forced', 42)))).toHaveLength(2)
  })

  test('of an explanation costs no event', () => {
    const accessToken = { expiresAt: absurd, lifetimeMs: 300_000, isRejected: false }
    const model = modelOf([...life, { step: { action: 'use' }, accessToken }, event('signed-in', 710)])
    expect(model.events).toHaveLength(life.length + 1)
  })
})
