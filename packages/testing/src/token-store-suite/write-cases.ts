import { expect, test } from 'vitest'
import { first, mustWrite } from './store-bench.ts'
import type { StoreBench } from './store-bench.ts'

/** One writer after the other. */
export function testWrites(createBench: () => Promise<StoreBench>): void {
  test('holds nothing at first', async () => {
    const { store } = await createBench()
    expect(await store.read('a')).toBeUndefined()
  })

  test('returns what was written, under its own key only, to everybody', async () => {
    const { store, another } = await createBench()
    const etag = await mustWrite(store, 'a', 'payload', first('write-1'))
    for (const reader of [store, await another()]) {
      expect(await reader.read('a')).toMatchObject({ etag, payload: 'payload' })
      expect(await reader.read('b')).toBeUndefined()
    }
  })

  test('C77 writes only over the etag that the writer has read', async () => {
    const { store, another } = await createBench()
    const other = await another()
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    const second = await mustWrite(other, 'a', 'two', { ifMatch: etag, writeId: 'write-2' })
    const current = { etag: second, payload: 'two' }
    const refused = await store.write('a', 'three', { ifMatch: etag, writeId: 'write-3' })
    expect(refused).toMatchObject({ ok: false, current })
    expect(await store.read('a')).toMatchObject(current)
  })

  test('takes null for "must not exist", and refuses an etag of what does not exist', async () => {
    const { store } = await createBench()
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    const again = await store.write('a', 'two', first('write-2'))
    expect(again).toMatchObject({ ok: false, current: { etag, payload: 'one' } })
    for (const ifMatch of [etag, '1', 'of another store']) {
      const result = await store.write('b', 'one', { ifMatch, writeId: 'write-3' })
      expect(result).toEqual({ ok: false, current: undefined })
    }
    const foreign = await store.write('a', 'two', { ifMatch: 'of another store', writeId: 'write-4' })
    expect(foreign).toMatchObject({ ok: false, current: { etag, payload: 'one' } })
  })

  test('lets a resent write succeed again', async () => {
    const { store, another } = await createBench()
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    expect(await store.write('a', 'one', first('write-1'))).toEqual({ ok: true, etag })
    const second = await mustWrite(store, 'a', 'two', { ifMatch: etag, writeId: 'write-2' })
    const other = await another()
    const resent = await other.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })
    expect(resent).toEqual({ ok: true, etag: second })
    expect(await store.read('a')).toMatchObject({ etag: second, payload: 'two' })
  })

  test('does not take a resent write for new once somebody else has written', async () => {
    const { store } = await createBench()
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    await mustWrite(store, 'a', 'two', { ifMatch: etag, writeId: 'write-2' })
    const resent = await store.write('a', 'one', first('write-1'))
    expect(resent).toMatchObject({ ok: false, current: { payload: 'two' } })
  })

  test('never uses an etag again, also after a removal', async () => {
    const { store } = await createBench()
    const etags = new Set<string>()
    let ifMatch: string | null = null
    for (let round = 0; round < 6; round++) {
      const etag = await mustWrite(store, 'a', 'same', { ifMatch, writeId: `write-${round}` })
      etags.add(etag)
      const isRemoved = round % 2 === 0 && (await store.remove?.('a', { ifMatch: etag })) === true
      ifMatch = isRemoved ? null : etag
    }
    expect(etags.size).toBe(6)
  })

  test('removes only what has the etag', async ({ skip }) => {
    const { store, another } = await createBench()
    if (store.remove === undefined) return skip('This store removes nothing.')
    const etag = await mustWrite(store, 'a', 'one', first('write-1'))
    expect(await store.remove('a', { ifMatch: 'another' })).toBe(false)
    expect(await store.remove('b', { ifMatch: etag })).toBe(false)
    expect(await store.remove('a', { ifMatch: etag })).toBe(true)
    expect(await store.remove('a', { ifMatch: etag })).toBe(false)
    expect(await (await another()).read('a')).toBeUndefined()
    const result = await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })
    expect(result).toEqual({ ok: false, current: undefined })
    await mustWrite(store, 'a', 'three', first('write-3'))
    expect(await store.read('a')).toMatchObject({ payload: 'three' })
  })
}
