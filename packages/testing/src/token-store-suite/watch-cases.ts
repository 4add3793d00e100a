import { expect, test, vi } from 'vitest'
import { first, mustWrite } from './store-bench.ts'
import type { StoreBench } from './store-bench.ts'
import type { StoreUnderTest } from './store-under-test.ts'

type Heard = string | undefined

/** Watches from `store`, once hints arrive there for what `writer` writes. */
async function watchSurely(
  store: StoreUnderTest,
  writer: StoreUnderTest,
  listener: (key: Heard) => void,
): Promise<Disposable> {
  const heard: Heard[] = []
  const watch = store.watch?.(key => {
    heard.push(key)
    listener(key)
  })
  let probe = 0
  // A subscription takes a moment; what is written before it is there, nobody hears of.
  await vi.waitFor(
    async () => {
      await mustWrite(writer, `probe-${probe++}`, 'x', first('probe'))
      await vi.waitFor(() => expect(heard.some(key => key?.startsWith('probe-'))).toBe(true), {
        timeout: 200,
      })
    },
    { timeout: 8000 },
  )
  return watch as Disposable
}

/** What a watch hears beside the probes and "some may have been missed". */
function keysIn(heard: readonly Heard[]): string[] {
  return [...new Set(heard.filter(key => key !== undefined && !key.startsWith('probe-')))] as string[]
}

/** Hints that keys changed. */
export function testWatches(createBench: () => Promise<StoreBench>): void {
  test('tells a watch of what others write, and of nothing that was refused or asked for silence', async ({
    skip,
  }) => {
    const { store, another } = await createBench()
    if (store.watch === undefined) return skip('This store has no watch.')
    const heard: Heard[] = []
    const writer = await another()
    using _watch = await watchSurely(store, writer, key => void heard.push(key))
    const etag = await mustWrite(writer, 'a', 'one', first('write-1'))
    await mustWrite(writer, 'silent', 'one', first('write-1', { notify: false }))
    await writer.write('silent', 'two', first('refused'))
    await mustWrite(writer, '{odd} key/*', 'one', first('write-1', { notify: true }))
    await mustWrite(writer, 'a', 'two', { ifMatch: etag, writeId: 'write-2' })
    await mustWrite(writer, 'last', 'one', first('write-1'))
    await vi.waitFor(() => expect(keysIn(heard)).toContain('last'), { timeout: 5000 })
    expect(keysIn(heard).sort()).toEqual(['a', 'last', '{odd} key/*'])
  })

  test('tells a watch of its own store too', async ({ skip }) => {
    const { store } = await createBench()
    if (store.watch === undefined) return skip('This store has no watch.')
    const heard: Heard[] = []
    using _watch = await watchSurely(store, store, key => void heard.push(key))
    await mustWrite(store, 'a', 'one', first('write-1'))
    await vi.waitFor(() => expect(keysIn(heard)).toEqual(['a']), { timeout: 5000 })
  })

  test('tells each watch until it is disposed, also if one function watches twice', async ({ skip }) => {
    const { store, another } = await createBench()
    if (store.watch === undefined) return skip('This store has no watch.')
    const writer = await another()
    const [twice, once, ended]: [Heard[], Heard[], Heard[]] = [[], [], []]
    const listener = (key: Heard): void => void twice.push(key)
    using _other = await watchSurely(store, writer, key => void once.push(key))
    const watches = [store.watch(listener), store.watch(listener)]
    const end = store.watch(key => void ended.push(key))
    watches[0]?.[Symbol.dispose]()
    watches[0]?.[Symbol.dispose]()
    end[Symbol.dispose]()
    await mustWrite(writer, 'a', 'one', first('write-1'))
    await vi.waitFor(() => expect(twice).toContain('a'), { timeout: 5000 })
    watches[1]?.[Symbol.dispose]()
    expect(twice.filter(key => key === 'a')).toEqual(once.filter(key => key === 'a'))
    expect(ended).not.toContain('a')
  })

  test('tells the others when a listener throws, and the write succeeds', async ({ skip }) => {
    const { store, another } = await createBench()
    if (store.watch === undefined) return skip('This store has no watch.')
    const writer = await another()
    const heard: Heard[] = []
    using _broken = store.watch(() => {
      throw new Error('listener failed')
    })
    using _watch = await watchSurely(store, writer, key => void heard.push(key))
    await mustWrite(writer, 'a', 'one', first('write-1'))
    await vi.waitFor(() => expect(heard).toContain('a'), { timeout: 5000 })
  })
}
