import { describe, expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

describe('a virtual clock', () => {
  test('stands still until it is moved', async () => {
    const clock = new VirtualClock(1000)
    await new Promise<void>(resolve => setImmediate(resolve))
    expect([clock.wall(), clock.monotonic()]).toEqual([1000, 0])
  })

  test('fires timers in their order, each at its own time', async () => {
    const clock = new VirtualClock()
    const fired: [string, number][] = []
    clock.schedule(() => fired.push(['second', clock.monotonic()]), 200)
    clock.schedule(() => fired.push(['first', clock.monotonic()]), 100)
    await clock.advance(300)
    expect(fired).toEqual([
      ['first', 100],
      ['second', 200],
    ])
  })

  test('fires timers that timers set within the same stretch', async () => {
    const clock = new VirtualClock()
    const fired: number[] = []
    clock.schedule(() => clock.schedule(() => fired.push(clock.monotonic()), 50), 100)
    await clock.advance(200)
    expect(fired).toEqual([150])
  })

  test('does not fire a cancelled timer', async () => {
    const clock = new VirtualClock()
    let isFired = false
    const cancel = clock.schedule(() => (isFired = true), 10)
    cancel()
    await clock.advance(20)
    expect(isFired).toBe(false)
  })

  test('sets the wall clock without the monotonic one', () => {
    const clock = new VirtualClock(5000)
    clock.jumpWall(-2000)
    expect([clock.wall(), clock.monotonic()]).toEqual([3000, 0])
  })

  test('says so when a promise never settles', async () => {
    await expect(new VirtualClock().runUntil(new Promise(() => undefined), 100)).rejects.toThrow(
      'did not settle',
    )
  })
})
