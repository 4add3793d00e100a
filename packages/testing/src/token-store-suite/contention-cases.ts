import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { first, mustWrite } from './store-bench.ts'
import type { StoreBench } from './store-bench.ts'

/** Many writers at once. */
export function testContention(createBench: () => Promise<StoreBench>): void {
  test('F1 lets one of a hundred first writers win', async () => {
    const { store, another } = await createBench()
    const writers = [store, await another(), await another()]
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (writers[index % 3] ?? store).write('a', `${index}`, first(`write-${index}`)),
      ),
    )
    const won = results.flatMap((result, index) =>
      result.ok ? [{ etag: result.etag, payload: `${index}` }] : [],
    )
    expect(won).toHaveLength(1)
    expect(await store.read('a')).toMatchObject(won[0] ?? {})
    // Whoever lost is told who won.
    for (const result of results) if (!result.ok) expect(result.current).toMatchObject(won[0] ?? {})
  })

  test('C77 loses none of the writes of eight writers that each count up twelve times', async () => {
    const { store, another } = await createBench()
    await mustWrite(store, 'a', '0', first('first'))
    const count = async (name: string): Promise<void> => {
      const own = await another()
      let current = await own.read('a')
      for (let done = 0, tries = 0; done < 12; tries++) {
        if (current === undefined) throw new Error('The record is gone.')
        if (tries > 2000) throw new Error('No write succeeds any more.')
        const payload = String(Number(current.payload) + 1)
        const result = await own.write('a', payload, { ifMatch: current.etag, writeId: `${name}-${tries}` })
        current = result.ok ? { etag: result.etag, ageMs: 0, payload } : result.current
        if (result.ok) done++
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, index) => count(`writer-${index}`)))
    expect((await store.read('a'))?.payload).toBe('96')
  })

  test('keeps many keys apart that are written at the same time', async () => {
    const { store, another } = await createBench()
    const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
    await Promise.all(keys.map(key => mustWrite(store, key, `payload of ${key}`, first('write-1'))))
    const other = await another()
    const found = await Promise.all(keys.map(async key => (await other.read(key))?.payload))
    expect(found).toEqual(keys.map(key => `payload of ${key}`))
  })

  test('shows every reader the newest write, and never an older one after it', async () => {
    const { store, another } = await createBench()
    let etag = await mustWrite(store, 'a', '0', first('write-0'))
    const writing = { isDone: false }
    const follow = async (): Promise<number> => {
      const own = await another()
      let newest = 0
      while (!writing.isDone) {
        // A store in memory would let nobody else run.
        await wait(0)
        const seen = Number((await own.read('a'))?.payload)
        if (!(seen >= newest)) throw new Error(`A reader saw ${seen} after ${newest}.`)
        newest = seen
      }
      return Number((await own.read('a'))?.payload)
    }
    const readers = [follow(), follow()]
    // Told below; not before, or the writer's own failure would not be.
    for (const reader of readers) reader.catch(() => undefined)
    try {
      for (let count = 1; count <= 40; count++) {
        etag = await mustWrite(store, 'a', `${count}`, { ifMatch: etag, writeId: `write-${count}` })
        expect((await store.read('a'))?.payload).toBe(`${count}`)
      }
    } finally {
      writing.isDone = true
    }
    expect(await Promise.all(readers)).toEqual([40, 40])
  })
}
