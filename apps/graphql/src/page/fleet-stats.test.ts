import { describe, expect, test } from 'vitest'
import { FleetStats } from './fleet-stats.ts'

describe('the counts', () => {
  test('operations that fail are counted, and their error goes on; not after somebody left', async () => {
    const stats = new FleetStats()
    expect(await stats.run(async () => 7)).toBe(7)
    await expect(stats.run(async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(stats.getSnapshot()).toMatchObject({ operations: 2, failed: 1 })
    const left = stats.run(
      async () => Promise.reject(new Error('stopped')),
      () => false,
    )
    await expect(left).rejects.toThrow('stopped')
    expect(stats.getSnapshot()).toMatchObject({ operations: 3, failed: 1 })
  })

  test('the first connection is no reconnect', () => {
    const stats = new FleetStats()
    stats.connected()
    expect(stats.getSnapshot().reconnects).toBe(0)
    stats.connected()
    expect(stats.getSnapshot().reconnects).toBe(1)
  })

  test('numbers that are left out were missed, and those that come twice count once', () => {
    const stats = new FleetStats()
    expect([10, 11, 14, 14, 12, 15].map(stats.received)).toEqual([true, true, true, false, false, true])
    expect(stats.getSnapshot()).toMatchObject({ events: 4, missed: 2 })
  })

  test('what begins anew has no past', () => {
    const stats = new FleetStats()
    stats.connected()
    stats.received(7)
    stats.begin()
    stats.connected()
    stats.received(3)
    expect(stats.getSnapshot()).toMatchObject({ events: 1, missed: 0, reconnects: 0 })
  })

  test('whoever listens is told until they leave', () => {
    const stats = new FleetStats()
    let told = 0
    const leave = stats.subscribe(() => void (told += 1))
    stats.refreshed()
    leave()
    stats.refreshed()
    expect([told, stats.getSnapshot().refreshes]).toEqual([1, 2])
  })
})
