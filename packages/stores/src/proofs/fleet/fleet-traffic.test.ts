import { describe, expect, test } from 'vitest'
import { SimulatedFleet } from './fleet-traffic.test-support.ts'
import type { Traffic } from './fleet-traffic.test-support.ts'

const lifetimeMs = 600_000
const askEveryMs = 10_000

/** Store operations of the instance with the most, and of all together, for one expiry. */
function perExpiry(
  { operations }: Traffic,
  expiries: number,
): { readonly most: number; readonly mean: number } {
  const sum = operations.reduce((all, each) => all + each, 0)
  return { most: Math.max(...operations) / expiries, mean: sum / operations.length / expiries }
}

describe.each([
  ['hints', true],
  ['no hints', false],
])('a fleet whose store gives %s', (_, hasWatch) => {
  test.each([10, 100])(
    'F1 %i instances in use send one token request for each life of a token',
    async instances => {
      const fleet = await SimulatedFleet.start({ instances, hasWatch, lifetimeMs, askEveryMs })
      // Refreshed in the last fifth of a life: six lives have begun after five and a quarter.
      const traffic = await fleet.use(5.25 * lifetimeMs)
      const gapsMs = traffic.requestedAt.slice(1).map((at, index) => at - traffic.requestedAt[index]!)
      expect(traffic).toMatchObject({ tokenRequests: 6, refusedRequests: 0, failedCalls: 0 })
      expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(0.8 * lifetimeMs)
      // Whoever refreshes reads, claims and commits; the others read once, and again where a hint came early.
      const { most, mean } = perExpiry(traffic, 6)
      expect(mean).toBeGreaterThanOrEqual(1)
      expect(mean).toBeLessThan(1.5)
      expect(most).toBeLessThanOrEqual(3)
      expect(traffic.longestWaitMs).toBeLessThan(20)
      await fleet.stop()
    },
  )

  test.each([10, 100])(
    'F1 %i instances that wake with an expired token send one token request',
    async instances => {
      const fleet = await SimulatedFleet.start({ instances, hasWatch, lifetimeMs, askEveryMs })
      const wakes = 3
      const traffic = await fleet.sleepAndWake(wakes)
      expect(traffic).toMatchObject({ tokenRequests: wakes, refusedRequests: 0, failedCalls: 0 })
      // Read, try to claim, and look again until the token is there.
      expect(perExpiry(traffic, wakes).most).toBeLessThanOrEqual(5)
      await fleet.stop()
    },
  )

  test('calls with a token in memory cause no store operation', async () => {
    const fleet = await SimulatedFleet.start({ instances: 10, hasWatch, lifetimeMs, askEveryMs: 100 })
    const traffic = await fleet.use(lifetimeMs / 2)
    expect(traffic.calls).toBe(30_000)
    expect(traffic.operations).toEqual(Array.from({ length: 10 }, () => 0))
    await fleet.stop()
  })
})
