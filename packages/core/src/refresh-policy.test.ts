import { seededRandom } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import {
  decide,
  floorMs,
  freshForMs,
  nextRung,
  refreshLeadMs,
  rejectionSlotMs,
  windowsOf,
} from './refresh-policy.ts'
import type { DueReason, PolicyRequest, PolicyState, Step } from './refresh-policy.ts'
import { accessState, policyState } from './units.test-support.ts'

const hour = 3_600_000
const day = 24 * hour

describe('the windows', () => {
  test.each([
    // lifetime, slowest, mandatory, advisory
    [300_000, 0, 30_000, 60_000],
    [300_000, 10_000, 30_000, 60_000],
    [300_000, 20_000, 30_000, 70_000],
    [300_000, 60_000, 30_000, 150_000],
    [300_000, 3_600_000, 30_000, 150_000],
    [hour, 0, 60_000, 720_000],
    [36_000_000, 0, 60_000, 900_000],
    [86_399_000, 0, 60_000, 900_000],
    [7_776_000_000, 0, 60_000, 900_000],
    [1000, 0, 100, 200],
    [1000, 60_000, 100, 500],
  ])(
    'of a token of %i ms with requests of %i ms are %i and %i ms',
    (lifetimeMs, slowestMs, mandatoryMs, advisoryMs) => {
      expect(windowsOf(lifetimeMs, slowestMs)).toEqual({ mandatoryMs, advisoryMs })
    },
  )

  test('F40 a token of 300 s is refreshed between 240 and 270 s of its life, and blocks in the last 30 s only', () => {
    const random = seededRandom(300)
    for (let draws = 0; draws < 1000; draws++) {
      const startMs = 300_000 - refreshLeadMs(300_000, 0, random())
      expect(startMs).toBeGreaterThanOrEqual(240_000)
      expect(startMs).toBeLessThanOrEqual(270_000)
    }
    const at = (remainingMs: number): Step =>
      decide(policyState({ access: accessState({ remainingMs }), draw: 1 }))
    expect(at(30_001).action).toBe('use')
    expect(at(30_000).action).toBe('refresh')
    expect(decide(policyState({ access: accessState({ remainingMs: 30_001 }), draw: 0 })).action).toBe(
      'use-and-refresh',
    )
  })

  test('F45 the draw spreads a fleet over the first half of the advisory window', () => {
    expect([0, 0.25, 0.5, 1].map(draw => refreshLeadMs(hour, 0, draw))).toEqual([
      720_000, 630_000, 540_000, 360_000,
    ])
  })

  test('a slow server moves the last safe start, and the draw never passes it', () => {
    // m = 30 s, S = 20 s: whoever starts 50 s before expiry still ends before the mandatory window.
    expect(refreshLeadMs(300_000, 20_000, 1)).toBe(50_000)
    expect(refreshLeadMs(300_000, 60_000, 1)).toBe(90_000)
    // A server so slow that half of the life is not enough: as early as the window allows, no earlier.
    expect(refreshLeadMs(10_000, 60_000, 1)).toBe(5000)
  })

  test('F40 for every lifetime and every slowness the windows stay within half of the life', () => {
    const random = seededRandom(42)
    for (let sample = 0; sample < 5000; sample++) {
      const lifetimeMs = 1000 * (90 * 86_400) ** random()
      const slowestMs = 60_000 * random()
      const { advisoryMs, mandatoryMs } = windowsOf(lifetimeMs, slowestMs)
      const leadMs = refreshLeadMs(lifetimeMs, slowestMs, random())
      expect(mandatoryMs).toBeGreaterThan(0)
      expect(mandatoryMs).toBeLessThanOrEqual(Math.min(60_000, lifetimeMs / 10))
      expect(advisoryMs).toBeLessThanOrEqual(lifetimeMs / 2)
      expect(leadMs).toBeLessThanOrEqual(advisoryMs)
      expect(leadMs).toBeGreaterThanOrEqual(mandatoryMs)
    }
  })
})

describe('the floor and the rejection slot', () => {
  test.each([
    [undefined, 5000],
    [1000, 250],
    [19_000, 4750],
    [20_000, 5000],
    [300_000, 5000],
    [0, 5000],
    [-1000, 5000],
  ])('exchanges for a lifetime of %s ms are %i ms apart', (lifetimeMs, expected) => {
    expect(floorMs(lifetimeMs)).toBe(expected)
  })

  test.each([
    [0, 5000],
    [1, 10_000],
    [2, 20_000],
    [5, 160_000],
    [6, 300_000],
    [7, 300_000],
    [10_000, 300_000],
  ])('after %i refusals in a row the slot is %i ms', (count, expected) => {
    expect(rejectionSlotMs(count)).toBe(expected)
  })
})

describe('the ladder', () => {
  const statuses = ['none', 'usable', 'expired', 'dead'] as const
  const table: Record<string, (string | undefined)[]> = {
    // none, usable, expired, dead
    'refresh-token false': [undefined, 'refresh-token', 'refresh-token', undefined],
    'refresh-token true': ['re-grant', 'refresh-token', 're-grant', 're-grant'],
    're-grant false': [undefined, 'refresh-token', 'refresh-token', undefined],
    're-grant true': ['re-grant', 're-grant', 're-grant', 're-grant'],
  }
  for (const firstRung of ['refresh-token', 're-grant'] as const) {
    for (const canRegrant of [false, true]) {
      test(`with ${firstRung} first and ${canRegrant ? 'a' : 'no'} repeatable grant has its rung for every refresh token`, () => {
        const rungs = statuses.map(status => nextRung({ refresh: { status }, canRegrant, firstRung }))
        expect(rungs).toEqual(table[`${firstRung} ${canRegrant}`])
      })
    }
  }
})

describe('the decision', () => {
  const expired = accessState({ remainingMs: 0 })
  const rejected = accessState({ isRejected: true })
  const cases: [string, Partial<PolicyState>, PolicyRequest, Step][] = [
    ['uses a fresh token', {}, {}, { action: 'use', because: 'fresh' }],
    [
      'uses a token without a lifetime until it is refused',
      { access: accessState({ lifetimeMs: undefined, remainingMs: undefined }) },
      {},
      { action: 'use', because: 'fresh' },
    ],
    [
      'refreshes when no token is held',
      { access: undefined },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'missing' },
    ],
    [
      'refreshes an expired token',
      { access: expired },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'expired' },
    ],
    [
      'refreshes a refused token',
      { access: rejected },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'rejected' },
    ],
    [
      'refreshes when forced',
      {},
      { forceRefresh: true },
      { action: 'refresh', rung: 'refresh-token', because: 'forced' },
    ],
    [
      'refreshes for a caller who needs a longer life',
      { access: accessState({ remainingMs: 200_000 }) },
      { minTtlMs: 200_001 },
      { action: 'refresh', rung: 'refresh-token', because: 'min-ttl' },
    ],
    [
      'uses a token that lives exactly long enough',
      { access: accessState({ remainingMs: 200_000 }) },
      { minTtlMs: 200_000 },
      { action: 'use', because: 'fresh' },
    ],
    [
      'makes callers wait in the mandatory window',
      { access: accessState({ remainingMs: 30_000 }) },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'mandatory-window' },
    ],
    [
      'refreshes in the background in the advisory window',
      { access: accessState({ remainingMs: 60_000 }) },
      {},
      { action: 'use-and-refresh', rung: 'refresh-token', because: 'advisory-window' },
    ],
    [
      'uses a refresh token before it dies, if only a person follows',
      { refresh: { status: 'usable', remainingMs: 50_000 } },
      {},
      { action: 'use-and-refresh', rung: 'refresh-token', because: 'refresh-token-expires' },
    ],
    [
      'lets a refresh token die if the grant can be repeated',
      { refresh: { status: 'usable', remainingMs: 50_000 }, canRegrant: true },
      {},
      { action: 'use', because: 'fresh' },
    ],
    [
      'lets a refresh token be that outlives the access token',
      { refresh: { status: 'usable', remainingMs: 300_000 } },
      {},
      { action: 'use', because: 'fresh' },
    ],
    [
      'C83 refreshes in the background when the wall clock was turned back',
      { access: accessState({ isClockTurnedBack: true }) },
      {},
      { action: 'use-and-refresh', rung: 'refresh-token', because: 'clock-turned-back' },
    ],
    [
      'C83 refreshes a token without a lifetime when the wall clock was turned back',
      { access: accessState({ lifetimeMs: undefined, remainingMs: undefined, isClockTurnedBack: true }) },
      {},
      { action: 'use-and-refresh', rung: 'refresh-token', because: 'clock-turned-back' },
    ],
    [
      'repeats the grant where nothing else is held',
      { access: undefined, refresh: { status: 'none' }, canRegrant: true },
      {},
      { action: 're-grant', rung: 're-grant', because: 'missing' },
    ],
    [
      'repeats the grant in the background too',
      { access: accessState({ remainingMs: 60_000 }), refresh: { status: 'none' }, canRegrant: true },
      {},
      { action: 'use-and-refresh', rung: 're-grant', because: 'advisory-window' },
    ],
    [
      'lets the server decide about a refresh token that the local clock calls expired',
      { access: expired, refresh: { status: 'expired' } },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'expired' },
    ],
    [
      'F5 asks for a person when nothing is left',
      { access: expired, refresh: { status: 'dead' } },
      {},
      { action: 'reauthorize', reason: 'refresh-token-refused' },
    ],
    [
      'asks for a person when nobody ever signed in',
      { access: undefined, refresh: { status: 'none' }, personReason: 'never-signed-in' },
      {},
      { action: 'reauthorize', reason: 'never-signed-in' },
    ],
    [
      'asks for a person after a sign-out, whatever is held',
      { isSignedOut: true, canRegrant: true },
      { isFreshest: true },
      { action: 'reauthorize', reason: 'signed-out' },
    ],
    [
      'uses the rest of a token that nothing can renew',
      { access: accessState({ remainingMs: 1000 }), refresh: { status: 'dead' } },
      {},
      { action: 'use', because: 'nothing-left' },
    ],
    [
      'uses a refused token that nothing can renew: the refusal may be the fault of the API',
      { access: rejected, refresh: { status: 'none' } },
      {},
      { action: 'use', because: 'nothing-left' },
    ],
    [
      'ends the session when API and server both refuse',
      { access: rejected, refresh: { status: 'dead' } },
      {},
      { action: 'reauthorize', reason: 'refresh-token-refused' },
    ],
    [
      'F39 uses the token while guarded, even when forced',
      { guardMs: 1 },
      { forceRefresh: true },
      { action: 'use', because: 'guarded' },
    ],
    [
      'F37 uses a token that was born expired while guarded',
      { access: accessState({ lifetimeMs: 0, remainingMs: -10 }), guardMs: 4990 },
      {},
      { action: 'use', because: 'guarded' },
    ],
    [
      'is not held back by a guard when no token is held',
      { access: undefined, guardMs: 5000 },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'missing' },
    ],
    [
      'C33 returns a refusal unanswered within its slot',
      { access: accessState({ isRejected: true, rejectionWaitMs: 1 }) },
      {},
      { action: 'use', because: 'unanswered' },
    ],
    [
      'refreshes an expired token within a rejection slot',
      { access: accessState({ remainingMs: 0, isRejected: true, rejectionWaitMs: 9000 }) },
      {},
      { action: 'refresh', rung: 'refresh-token', because: 'expired' },
    ],
    [
      'F47 uses a valid token while backing off, at once',
      { access: accessState({ remainingMs: 1 }), backOffMs: 9000 },
      {},
      { action: 'use', because: 'backing-off' },
    ],
    [
      'says when to retry if the token expired while backing off',
      { access: expired, backOffMs: 9000 },
      {},
      { action: 'wait-until', retryInMs: 9000, because: 'expired' },
    ],
    [
      'says when to retry if no token is held while backing off',
      { access: undefined, backOffMs: 9000 },
      {},
      { action: 'wait-until', retryInMs: 9000, because: 'missing' },
    ],
    [
      'takes the freshest token for a forced refresh',
      {},
      { forceRefresh: true, isFreshest: true },
      { action: 'use', because: 'fresh' },
    ],
    [
      'takes the freshest token for a life that the server never gives',
      {},
      { minTtlMs: hour, isFreshest: true },
      { action: 'use', because: 'fresh' },
    ],
    [
      'takes the freshest token although it was born expired',
      { access: accessState({ lifetimeMs: 0, remainingMs: -10 }) },
      { isFreshest: true },
      { action: 'use', because: 'fresh' },
    ],
    [
      'does not make a caller wait twice in the mandatory window',
      { access: accessState({ remainingMs: 10_000 }) },
      { isFreshest: true },
      { action: 'use-and-refresh', rung: 'refresh-token', because: 'advisory-window' },
    ],
  ]
  test.each(cases)('%s', (_title, state, request, step) => {
    expect(decide(policyState(state), request)).toEqual(step)
  })

  test('every step and every reason has a case above', () => {
    const steps = cases.map(([, , , step]) => step)
    const reasons: Record<DueReason, true> = {
      missing: true,
      expired: true,
      rejected: true,
      forced: true,
      'min-ttl': true,
      'mandatory-window': true,
      'advisory-window': true,
      'refresh-token-expires': true,
      'clock-turned-back': true,
    }
    const because = new Set(steps.flatMap(step => ('because' in step ? [step.because] : [])))
    const uses = ['fresh', 'guarded', 'backing-off', 'nothing-left', 'unanswered']
    expect([...because].toSorted()).toEqual([...Object.keys(reasons), ...uses].toSorted())
    expect(new Set(steps.map(step => step.action))).toEqual(
      new Set(['use', 'use-and-refresh', 'refresh', 're-grant', 'reauthorize', 'wait-until']),
    )
  })
})

describe('how long a token is fresh', () => {
  test('is for ever without a lifetime', () => {
    const access = accessState({ lifetimeMs: undefined, remainingMs: undefined })
    expect(freshForMs(policyState({ access }))).toBe(Number.POSITIVE_INFINITY)
  })

  test('is until expiry where only the remaining time is known', () => {
    expect(
      freshForMs(policyState({ access: accessState({ lifetimeMs: undefined, remainingMs: 7000 }) })),
    ).toBe(7000)
  })

  test.each([
    ['no token', { access: undefined }],
    ['a refused token', { access: accessState({ isRejected: true }) }],
    ['a token in its advisory window', { access: accessState({ remainingMs: 60_000 }) }],
    ['a token whose refresh token dies', { refresh: { status: 'usable' as const, remainingMs: 50_000 } }],
    ['a sign-out', { isSignedOut: true }],
  ])('is nothing with %s', (_title, state) => {
    expect(freshForMs(policyState(state))).toBe(0)
  })

  test('agrees with the decision to the millisecond, for lifetimes of a second to ninety days', () => {
    const random = seededRandom(7)
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
    let fresh = 0
    for (let sample = 0; sample < 20_000; sample++) {
      const lifetimeMs = Math.min(90 * day, 1000 * (90 * 86_400) ** random())
      const remainingMs = lifetimeMs * random()
      const status = pick(['none', 'usable', 'usable', 'expired', 'dead'] as const)
      const refreshRemainingMs = pick([undefined, lifetimeMs * 2 * random()])
      const state = (elapsedMs: number): PolicyState =>
        policyState({
          access: accessState({ lifetimeMs, remainingMs: remainingMs - elapsedMs }),
          refresh: {
            status,
            remainingMs: refreshRemainingMs === undefined ? undefined : refreshRemainingMs - elapsedMs,
          },
          canRegrant,
          firstRung,
          slowestMs,
          draw,
        })
      const canRegrant = random() < 0.5
      const firstRung = pick(['refresh-token', 're-grant'] as const)
      const slowestMs = 60_000 * random()
      const draw = random()
      const freshMs = freshForMs(state(0))
      if (freshMs === 0) continue
      fresh++
      const isFresh = (elapsedMs: number): boolean => {
        const step = decide(state(elapsedMs))
        return step.action === 'use' && step.because === 'fresh'
      }
      const slackMs = Math.max(0.001, lifetimeMs * 1e-9)
      expect(isFresh(Math.max(0, freshMs - slackMs))).toBe(true)
      expect(isFresh(freshMs + slackMs)).toBe(false)
    }
    expect(fresh).toBeGreaterThan(5000)
  })
})
