import { expect, test } from 'vitest'
import { first, keysOf, mustWrite } from './store-bench.ts'
import type { StoreBench } from './store-bench.ts'

const minuteMs = 60_000

/** Ages, and times to keep. */
export function testKeeping(createBench: () => Promise<StoreBench>): void {
  test('tells how long ago a record was written, to whoever reads and whoever is refused', async () => {
    const { store, another, pass } = await createBench()
    const writtenAt = performance.now()
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    expect((await store.read('a'))?.ageMs).toBeGreaterThanOrEqual(0)
    await pass(300)
    const read = await (await another()).read('a')
    const refused = await store.write('a', 'two', first('write-2'))
    // A virtual clock passes no real time; machines' clocks tick in steps.
    const mostMs = Math.max(300, performance.now() - writtenAt) + 50
    for (const stored of [read, refused.ok ? undefined : refused.current]) {
      expect(stored?.ageMs).toBeGreaterThan(250)
      expect(stored?.ageMs).toBeLessThanOrEqual(mostMs)
    }
    await mustWrite(store, 'a', 'two', { ifMatch: etag, writeId: 'write-3' })
    expect((await store.read('a'))?.ageMs).toBeLessThan(250)
  })

  test('forgets a record once its time to keep is over', async () => {
    const { store, another, pass } = await createBench()
    const etag = await mustWrite(store, 'a', 'one', first('write-1', { keepMs: 400 }))
    await mustWrite(store, 'b', 'for ever', first('write-1'))
    await mustWrite(store, 'c', 'for a minute', first('write-1', { keepMs: minuteMs }))
    await pass(600)
    for (const reader of [store, await another()]) {
      expect(await reader.read('a')).toBeUndefined()
      expect(await reader.read('b')).toMatchObject({ payload: 'for ever' })
      expect(await reader.read('c')).toMatchObject({ payload: 'for a minute' })
    }
    if (store.keys !== undefined) expect(await keysOf(store)).toEqual(['b', 'c'])
    expect(await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })).toEqual({
      ok: false,
      current: undefined,
    })
    await mustWrite(store, 'a', 'three', first('write-3'))
    expect(await store.read('a')).toMatchObject({ payload: 'three' })
  })

  test('lets one of many writers win where a record was forgotten', async () => {
    const { store, another, pass } = await createBench()
    const other = await another()
    await mustWrite(store, 'a', 'one', first('write-1', { keepMs: 200 }))
    await pass(400)
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).write('a', `${index}`, first(`late-${index}`)),
      ),
    )
    expect(results.filter(result => result.ok)).toHaveLength(1)
  })

  test('counts the time to keep from the newest write', async () => {
    const { store, pass } = await createBench()
    const short = first('write-1', { keepMs: 400 })
    const [longer, endless] = [
      await mustWrite(store, 'a', 'one', short),
      await mustWrite(store, 'b', 'one', short),
    ]
    const kept = await mustWrite(store, 'c', 'one', first('write-1'))
    await mustWrite(store, 'a', 'two', { ifMatch: longer, writeId: 'write-2', keepMs: minuteMs })
    await mustWrite(store, 'b', 'two', { ifMatch: endless, writeId: 'write-2' })
    await mustWrite(store, 'c', 'two', { ifMatch: kept, writeId: 'write-2', keepMs: 400 })
    await pass(600)
    expect(await store.read('a')).toMatchObject({ payload: 'two' })
    expect(await store.read('b')).toMatchObject({ payload: 'two' })
    expect(await store.read('c')).toBeUndefined()
  })

  test('keeps for ever what is to be kept longer than anybody can count', async () => {
    const { store, another } = await createBench()
    const times = [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 1e13]
    for (const [index, keepMs] of times.entries())
      await mustWrite(store, `${index}`, 'x', first('write-1', { keepMs }))
    const other = await another()
    for (const index of times.keys()) expect(await other.read(`${index}`)).toMatchObject({ payload: 'x' })
  })
}
