import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

/** What the page's module has; it is JavaScript for a browser. */
interface AutomaticRetry {
  succeeded(): void
  failed(): void
  isDue(credential: Standing, at: number): boolean
}

interface Standing {
  readonly state: string
  readonly failure?: string | undefined
  readonly retryAt?: number | undefined
}

const start = 1_800_000_000_000
const path = new URL('public/automatic-retry.js', import.meta.url).href
const { AutomaticRetry } = (await import(path)) as { AutomaticRetry: new () => AutomaticRetry }

let retry: AutomaticRetry

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  retry = new AutomaticRetry()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Looks every second, and returns the first at which it is due; undefined: not within two minutes. */
function dueAfter(standing: (at: number) => Standing): number | undefined {
  const failedAt = Date.now()
  for (let seconds = 0; seconds <= 120; seconds += 1) {
    const at = failedAt + seconds * 1000
    vi.setSystemTime(at)
    if (retry.isDue(standing(at), at)) return seconds
  }
  return undefined
}

test('what did not fail is not asked again', () => {
  expect(dueAfter(() => ({ state: 'fresh' }))).toBeUndefined()
})

test('an API that fails by itself is asked ever more rarely', () => {
  const pauses = Array.from({ length: 7 }, () => {
    retry.failed()
    return dueAfter(() => ({ state: 'fresh' }))
  })
  expect(pauses).toEqual([3, 6, 12, 24, 48, 60, 60])
  retry.succeeded()
  retry.failed()
  expect(dueAfter(() => ({ state: 'fresh' }))).toBe(3)
})

test('however often it failed, it asks as soon as the engine tries again', () => {
  const pauses = [2, 5, 10, 21, 40].map(seconds => {
    retry.failed()
    const retryAt = Date.now() + seconds * 1000
    return dueAfter(() => ({ state: 'failing', failure: 'No answer.', retryAt }))
  })
  expect(pauses).toEqual([2, 5, 10, 21, 40])
})

test('an engine that does not try again is asked ever more rarely, too', () => {
  const retryAt = start - 1
  const pauses = Array.from({ length: 4 }, () => {
    retry.failed()
    return dueAfter(() => ({ state: 'failing', failure: 'No answer.', retryAt }))
  })
  expect(pauses).toEqual([3, 6, 12, 24])
})

test.each(['refused', 'sign-in-needed', 'signed-out'])('%s: only a person helps', state => {
  retry.failed()
  expect(dueAfter(() => ({ state }))).toBeUndefined()
})

describe('a refused access token', () => {
  const pausing = (ms: number): ((at: number) => Standing) => {
    const retryAt = Date.now() + ms
    return at => ({ state: 'rejected', retryAt: retryAt > at ? retryAt : undefined })
  }

  test('is replaced as soon as a short pause is over', () => {
    retry.failed()
    expect(dueAfter(pausing(5000))).toBe(5)
  })

  test('is tried every few seconds while a long pause lasts, however often it was refused', () => {
    const pauses = Array.from({ length: 5 }, () => {
      retry.failed()
      return dueAfter(pausing(40_000))
    })
    expect(pauses).toEqual([3, 5, 5, 5, 5])
  })
})
