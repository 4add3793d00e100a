import { VirtualClock } from '@evergrant/testing'
import { describeTokenStore } from '@evergrant/testing/token-store-suite'
import { describe, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { memoryStore, processMemoryStore } from './memory-store.ts'

const first = { ifMatch: null, writeId: 'write-1' }

describeTokenStore('the memory store', () => {
  const clock = new VirtualClock()
  return { store: memoryStore({ clock }), pass: ms => clock.advance(ms) }
})

describe('the memory store, beside that', () => {
  test('keeps a record to the last millisecond of its time, and no longer', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    await store.write('a', 'one', { ...first, keepMs: 1000 })
    await clock.advance(1000)
    expect(await store.read('a')).toMatchObject({ payload: 'one', ageMs: 1000 })
    await clock.advance(1)
    expect(await store.read('a')).toBeUndefined()
  })

  test('does not grow with records whose time to keep is over', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    const entries = vi.spyOn(Map.prototype, 'delete')
    for (let index = 0; index < 5000; index++) {
      await store.write(`key-${index}`, 'payload', { ...first, keepMs: 10 })
      if (index % 100 === 0) await clock.advance(20)
    }
    expect(entries.mock.calls.length).toBeGreaterThan(4500)
    entries.mockRestore()
  })

  test('tells its watches once of a write that is resent', async () => {
    const store = memoryStore()
    const heard: unknown[] = []
    using _watch = store.watch?.(key => void heard.push(key))
    await store.write('a', 'one', first)
    await store.write('a', 'one', first)
    expect(heard).toEqual(['a'])
  })

  test('measures ages by the monotonic clock: a wall clock that is set back changes none', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    await store.write('a', 'one', first)
    await clock.advance(1500)
    clock.jumpWall(-1e9)
    expect((await store.read('a'))?.ageMs).toBe(1500)
    expect(await store.write('a', 'two', { ifMatch: null, writeId: 'x' })).toMatchObject({
      current: { ageMs: 1500 },
    })
  })
})

describe('the memory store of the process', () => {
  test('is one for each clock, and apart from every other store', () => {
    const clock = new VirtualClock()
    expect(processMemoryStore(systemClock)).toBe(processMemoryStore(systemClock))
    expect(processMemoryStore(clock)).toBe(processMemoryStore(clock))
    expect(processMemoryStore(clock)).not.toBe(processMemoryStore(new VirtualClock()))
    expect(processMemoryStore(clock)).not.toBe(processMemoryStore(systemClock))
    expect(memoryStore()).not.toBe(memoryStore())
  })

  test('F57 is one although the module is evaluated twice', async () => {
    const here = processMemoryStore(systemClock)
    vi.resetModules()
    const again = await import('./memory-store.ts')
    const { systemClock: clockAgain } = await import('./clock.ts')
    expect(again.processMemoryStore).not.toBe(processMemoryStore)
    expect(clockAgain).not.toBe(systemClock)
    expect(again.processMemoryStore(clockAgain)).toBe(here)
    const clock = new VirtualClock()
    expect(again.processMemoryStore(clock)).toBe(processMemoryStore(clock))
  })
})
