import { VirtualClock } from '@evergrant/testing'
import { describe, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { memoryStore, processMemoryStore } from './memory-store.ts'
import type { TokenStore, WriteResult } from './store.ts'

const first = { ifMatch: null, writeId: 'write-1' }

/** The etag of a write that must have succeeded. */
function etagOf(result: WriteResult): string {
  if (!result.ok) throw new Error('The write was refused.')
  return result.etag
}

async function keysOf(store: TokenStore): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.keys?.() ?? []) keys.push(key)
  return keys
}

describe('the memory store', () => {
  test('holds nothing at first', async () => {
    const store = memoryStore()
    expect(await store.read('a')).toBeUndefined()
    expect(await keysOf(store)).toEqual([])
  })

  test('returns what was written, under its own key only', async () => {
    const store = memoryStore({ clock: new VirtualClock() })
    const etag = etagOf(await store.write('a', 'payload', first))
    expect(await store.read('a')).toEqual({ etag, ageMs: 0, payload: 'payload' })
    expect(await store.read('b')).toBeUndefined()
  })

  test('C77 writes only over the etag that the writer has read', async () => {
    const store = memoryStore({ clock: new VirtualClock() })
    const etag = etagOf(await store.write('a', 'one', first))
    const second = etagOf(await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' }))
    const current = { etag: second, ageMs: 0, payload: 'two' }
    expect(await store.write('a', 'three', { ifMatch: etag, writeId: 'write-3' })).toEqual({
      ok: false,
      current,
    })
    expect(await store.read('a')).toEqual(current)
  })

  test('takes null for "must not exist", and refuses an etag of what does not exist', async () => {
    const store = memoryStore()
    await store.write('a', 'one', first)
    expect(await store.write('a', 'two', { ifMatch: null, writeId: 'write-2' })).toMatchObject({
      ok: false,
      current: { payload: 'one' },
    })
    expect(await store.write('b', 'one', { ifMatch: '1', writeId: 'write-3' })).toEqual({
      ok: false,
      current: undefined,
    })
  })

  test('forgets a record once its time to keep is over, and not before', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    const etag = etagOf(await store.write('a', 'one', { ...first, keepMs: 1000 }))
    await store.write('b', 'for ever', first)
    await clock.advance(1000)
    expect(await store.read('a')).toMatchObject({ payload: 'one' })
    await clock.advance(1)
    expect(await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })).toEqual({
      ok: false,
      current: undefined,
    })
    expect(await keysOf(store)).toEqual(['b'])
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

  test('lets one of many writers win', async () => {
    const store = memoryStore()
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        store.write('a', `${index}`, { ifMatch: null, writeId: `write-${index}` }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('lets a resent write succeed again and writes it once', async () => {
    const store = memoryStore()
    const heard: unknown[] = []
    using _watch = store.watch?.(key => void heard.push(key))
    const etag = etagOf(await store.write('a', 'one', first))
    expect(await store.write('a', 'one', first)).toEqual({ ok: true, etag })
    expect(heard).toEqual(['a'])
  })

  test('does not take a resent write for new once somebody else has written', async () => {
    const store = memoryStore()
    const etag = etagOf(await store.write('a', 'one', first))
    await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })
    expect(await store.write('a', 'one', first)).toMatchObject({ ok: false, current: { payload: 'two' } })
  })

  test('never uses an etag again, also after a removal', async () => {
    const store = memoryStore()
    const etags = new Set<string>()
    for (let round = 0; round < 5; round++) {
      const etag = etagOf(await store.write('a', 'same', { ifMatch: null, writeId: `write-${round}` }))
      etags.add(etag)
      await store.remove?.('a', { ifMatch: etag })
    }
    expect(etags.size).toBe(5)
  })

  test('measures ages by the monotonic clock: a set wall clock changes none', async () => {
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

  test('removes only what has the etag', async () => {
    const store = memoryStore()
    const etag = etagOf(await store.write('a', 'one', first))
    expect(await store.remove?.('a', { ifMatch: 'another' })).toBe(false)
    expect(await store.remove?.('b', { ifMatch: etag })).toBe(false)
    expect(await store.remove?.('a', { ifMatch: etag })).toBe(true)
    expect(await store.read('a')).toBeUndefined()
  })

  test('lists its keys', async () => {
    const store = memoryStore()
    for (const key of ['b', 'a', '__proto__']) await store.write(key, 'x', { ifMatch: null, writeId: key })
    expect(await keysOf(store)).toEqual(['b', 'a', '__proto__'])
    expect((await store.read('__proto__'))?.payload).toBe('x')
  })
})

describe('a watch', () => {
  test('hears of every write until it is disposed, and of none that was refused or asked for silence', async () => {
    const store = memoryStore()
    const heard: unknown[] = []
    const watch = store.watch?.(key => void heard.push(key))
    await store.write('a', 'one', first)
    await store.write('a', 'two', { ifMatch: null, writeId: 'refused' })
    await store.write('b', 'one', { ...first, notify: false })
    await store.write('c', 'one', { ...first, notify: true })
    watch?.[Symbol.dispose]()
    await store.write('d', 'one', first)
    expect(heard).toEqual(['a', 'c'])
  })

  test('of one function twice is two watches', async () => {
    const store = memoryStore()
    let heard = 0
    const listener = (): void => void heard++
    const watches = [store.watch?.(listener), store.watch?.(listener)]
    watches[0]?.[Symbol.dispose]()
    watches[0]?.[Symbol.dispose]()
    await store.write('a', 'one', first)
    expect(heard).toBe(1)
  })

  test('that throws breaks neither the write nor the other watches', async () => {
    const store = memoryStore()
    let heard = 0
    store.watch?.(() => {
      throw new Error('listener failed')
    })
    store.watch?.(() => void heard++)
    expect(await store.write('a', 'one', first)).toMatchObject({ ok: true })
    expect(heard).toBe(1)
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
