import { VirtualClock } from '@evergrant/testing'
import { describe, expect, test, vi } from 'vitest'
import { backOff, ExpiryWatch, renewalDelayMs } from './expiry-watch.ts'
import type { ExpiringSource } from './expiry-watch.ts'

describe('a connection goes on', () => {
  test.each([
    { remainingMs: 3_600_000, random: 0, delayMs: 3_570_000 },
    { remainingMs: 3_600_000, random: 1, delayMs: 3_540_000 },
    { remainingMs: 30_000, random: 0, delayMs: 27_000 },
    { remainingMs: 30_000, random: 0.5, delayMs: 25_500 },
    { remainingMs: 900, random: 0.5, delayMs: 1000 },
    { remainingMs: -5000, random: 0.5, delayMs: 1000 },
  ])('$delayMs ms of $remainingMs ms, by chance $random', ({ remainingMs, random, delayMs }) => {
    expect(renewalDelayMs(remainingMs, random)).toBe(delayMs)
  })
})

/** A source whose token ends at an instant, and what a refresh makes of it. */
function createWatched(lifeMs: number | undefined): {
  readonly clock: VirtualClock
  readonly watch: ExpiryWatch
  readonly asked: unknown[]
  renew: () => unknown
  expiresAt: number | undefined
} {
  const clock = new VirtualClock()
  const watched = {
    clock,
    asked: [] as unknown[],
    expiresAt: lifeMs === undefined ? undefined : clock.wall() + lifeMs,
    renew: (): unknown => undefined,
  }
  const source = {
    getAccessToken: async ({ minTtlMs }: { minTtlMs?: number } = {}) => {
      watched.asked.push(minTtlMs)
      await watched.renew()
      return 'fake'
    },
    getSnapshot: () => ({ status: 'authenticated', expiresAt: watched.expiresAt }),
  } as unknown as ExpiringSource
  return Object.assign(watched, { watch: new ExpiryWatch(source, { clock, random: () => 0 }) })
}

describe('the watch', () => {
  test('asks for a longer life shortly before the end, and tells when it is there', async () => {
    const watched = createWatched(300_000)
    watched.renew = () => (watched.expiresAt = watched.clock.wall() + 300_000)
    let count = 0
    watched.watch.start(() => count++)
    await watched.clock.advance(269_000)
    expect([count, watched.asked]).toEqual([0, []])
    await watched.clock.advance(1000)
    expect([count, watched.asked]).toEqual([1, [30_001]])
    await watched.clock.advance(3_600_000)
    expect([count, watched.clock.pendingTimers]).toEqual([1, 0])
  })

  test.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['brings the same token', () => undefined],
  ])(
    'tries again while there is time if the refresh %s, and then leaves the connection alone',
    async (_title, renew) => {
      const watched = createWatched(300_000)
      watched.renew = renew
      let count = 0
      watched.watch.start(() => count++)
      await watched.clock.advance(600_000)
      expect(count).toBe(0)
      expect(watched.asked.length).toBeGreaterThan(3)
      expect(watched.asked.length).toBeLessThan(12)
      expect(watched.clock.pendingTimers).toBe(0)
    },
  )

  test('C84 looks again each hour', async () => {
    const watched = createWatched(90 * 86_400_000)
    watched.watch.start(() => undefined)
    expect(watched.clock.longestDelayMs).toBe(3_600_000)
    await watched.clock.advance(3_600_000)
    expect([watched.clock.longestDelayMs, watched.asked]).toEqual([3_600_000, []])
  })

  test('F41 notices at its next look that the machine slept', async () => {
    const watched = createWatched(10_800_000)
    watched.renew = () => (watched.expiresAt = watched.clock.wall() + 300_000)
    let count = 0
    watched.watch.start(() => count++)
    watched.clock.jumpWall(86_400_000)
    await watched.clock.advance(3_600_000)
    expect([count, watched.asked]).toEqual([1, [1]])
  })

  test('does nothing where the end is unknown', () => {
    const { watch, clock } = createWatched(undefined)
    watch.start(() => expect.unreachable())
    expect(clock.pendingTimers).toBe(0)
  })

  test('ends, also while it waits for the refresh', async () => {
    const watched = createWatched(300_000)
    const stop = watched.watch.start(() => expect.unreachable())
    watched.renew = () => {
      watched.expiresAt = watched.clock.wall() + 300_000
      stop()
    }
    await watched.clock.advance(600_000)
    expect([watched.asked.length, watched.clock.pendingTimers]).toEqual([1, 0])
  })
})

test.each([
  [0, 1300, 4000],
  [4, 16_300, 19_000],
])('the pause after %d retries takes between %d and %d ms', async (retries, leastMs, mostMs) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  let isOver = false
  void backOff(retries).then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(leastMs - 1)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(mostMs - leastMs + 1)
  expect(isOver).toBe(true)
  vi.useRealTimers()
})
