import { setTimeout as wait } from 'node:timers/promises'
import { afterEach } from 'vitest'
import type { StoreUnderTest, TokenStorePlace, WriteOptionsUnderTest } from './store-under-test.ts'

/** What one test works with. */
export interface StoreBench {
  readonly store: StoreUnderTest
  readonly another: () => Promise<StoreUnderTest>
  readonly pass: (ms: number) => Promise<void>
}

/** Makes the benches of a suite; each is closed after its test. */
export function createStoreBenches(
  makePlace: () => TokenStorePlace | Promise<TokenStorePlace>,
): () => Promise<StoreBench> {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  return async () => {
    const { store, another, pass, close } = await makePlace()
    if (close !== undefined) closing.push(close)
    return {
      store,
      another: async () => (await another?.()) ?? store,
      pass: pass ?? (ms => wait(ms)),
    }
  }
}

/** A first write. */
export function first(writeId: string, options: Partial<WriteOptionsUnderTest> = {}): WriteOptionsUnderTest {
  return { ifMatch: null, writeId, ...options }
}

/** Writes what must not be refused, and returns its etag. */
export async function mustWrite(
  store: StoreUnderTest,
  key: string,
  payload: string,
  options: WriteOptionsUnderTest,
): Promise<string> {
  const result = await store.write(key, payload, options)
  if (!result.ok) throw new Error(`The write ${options.writeId} was refused.`)
  return result.etag
}

/** The keys of a store that lists them, in their order. */
export async function keysOf(store: StoreUnderTest): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.keys?.() ?? []) keys.push(key)
  return keys.sort()
}
