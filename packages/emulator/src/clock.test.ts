import { describe, expect, it } from 'vitest'
import { frozenEmulator } from './emulator.test-support.ts'
import { createEmulator } from './emulator.ts'

const end = Date.parse('9999-12-31T23:59:59.999Z')

describe('a planned action', () => {
  it.each([Number.NaN, Infinity, -Infinity, '5' as unknown as number])('is not planned for %s', async at => {
    const emulator = frozenEmulator()
    const seen: number[] = []
    expect(() => emulator.plan(at, () => seen.push(1))).toThrow(RangeError)
    await emulator.fetch('http://emulator.test/iris/token')
    expect(seen).toEqual([])
  })

  it('that throws keeps neither the clock from arriving nor the others from their instants', () => {
    const emulator = frozenEmulator()
    const start = emulator.now()
    const seen: number[] = []
    const failure = new Error('the test said so')
    emulator.plan(start + 1_000, () => {
      throw failure
    })
    emulator.plan(start + 3_000, () => seen.push(emulator.now() - start))
    const caught = (): unknown => {
      try {
        return emulator.advance(5_000)
      } catch (error) {
        return error
      }
    }
    expect(caught()).toBe(failure)
    expect([seen, emulator.now() - start]).toEqual([[3_000], 5_000])
    expect(caught()).toBeUndefined()
  })

  it('is one of several that throw: all of them are told', () => {
    const emulator = frozenEmulator()
    const failures = [new Error('one'), new Error('two')]
    for (const failure of failures) {
      emulator.plan(emulator.now() + 1, () => {
        throw failure
      })
    }
    expect(() => emulator.advance(2)).toThrow(
      expect.objectContaining({ name: 'AggregateError', errors: failures }),
    )
  })
})

describe('the end of the emulated time', () => {
  it('is where the clock stands still, though the host’s goes on', () => {
    let now = Date.parse('2026-11-21T08:00:00Z')
    const emulator = createEmulator({ now: () => now })
    emulator.advance(end - now - 1_000)
    now += 999
    expect(emulator.now()).toBe(end - 1)
    now += 5_000
    expect(emulator.now()).toBe(end)
    emulator.advance(0)
    expect(() => emulator.advance(1)).toThrow('ends with the year 9999, in 0 ms')
    expect(emulator.now()).toBe(end)
  })

  it('comes before whatever is planned for later', async () => {
    const emulator = createEmulator({ now: () => end + 10_000 })
    const seen: number[] = []
    emulator.plan(end + 1, () => seen.push(1))
    emulator.plan(end, () => seen.push(0))
    emulator.advance(0)
    await emulator.fetch('http://emulator.test/iris/token')
    expect([seen, emulator.now()]).toEqual([[0], end])
  })
})
