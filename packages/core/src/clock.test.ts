import { VirtualClock } from '@evergrant/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { longestTimerMs, sleep, systemClock } from './clock.ts'

const cancels: (() => void)[] = []

afterEach(() => {
  for (const cancel of cancels.splice(0)) cancel()
  vi.restoreAllMocks()
})

/** Schedules on the platform's clock; tells the delay and whether the timer keeps the process alive. */
function scheduled(
  delayMs: number,
  options?: { keepsAlive?: boolean },
): { delayMs: unknown; keepsAlive: boolean } {
  const spy = vi.spyOn(globalThis, 'setTimeout')
  cancels.push(systemClock.schedule(() => undefined, delayMs, options))
  const timer = spy.mock.results.at(-1)?.value as NodeJS.Timeout
  return { delayMs: spy.mock.calls.at(-1)?.[1], keepsAlive: timer.hasRef() }
}

describe('the clock of the platform', () => {
  test.each([
    [0, 0],
    [1, 1],
    [3_600_000, 3_600_000],
    [3_600_001, 3_600_000],
    [7_776_000_000, 3_600_000],
    [2 ** 31, 3_600_000],
    [Number.POSITIVE_INFINITY, 3_600_000],
    [Number.NaN, 3_600_000],
    [-1, 0],
    [Number.NEGATIVE_INFINITY, 0],
  ])('C84 F38 sets a timer of %d ms to %d ms', (asked, set) => {
    expect(scheduled(asked).delayMs).toBe(set)
    expect(longestTimerMs).toBe(3_600_000)
  })

  test('C84 keeps no process alive, unless somebody waits', () => {
    expect(scheduled(1000).keepsAlive).toBe(false)
    expect(scheduled(1000, { keepsAlive: false }).keepsAlive).toBe(false)
    expect(scheduled(1000, { keepsAlive: true }).keepsAlive).toBe(true)
  })

  test('cancels a timer', () => {
    const spy = vi.spyOn(globalThis, 'clearTimeout')
    systemClock.schedule(() => undefined, 1000)()
    expect(spy).toHaveBeenCalledOnce()
  })

  test('reads the wall and a monotonic clock', () => {
    const before = [systemClock.wall(), systemClock.monotonic()] as const
    expect(Math.abs(before[0] - Date.now())).toBeLessThan(10_000)
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before[1])
  })
})

describe('sleep', () => {
  test('resolves when its time has come, and not before', async () => {
    const clock = new VirtualClock()
    let isAwake = false
    void sleep(clock, 250).then(() => (isAwake = true))
    await clock.advance(249)
    expect(isAwake).toBe(false)
    await clock.advance(1)
    expect(isAwake).toBe(true)
  })

  test('keeps the process alive: somebody waits for it', () => {
    const options: unknown[] = []
    const schedule = (_callback: () => void, _delayMs: number, given: unknown): (() => void) => {
      options.push(given)
      return () => undefined
    }
    void sleep({ ...systemClock, schedule }, 1)
    expect(options).toEqual([{ keepsAlive: true }])
  })
})
