import { memoryStore } from '@evergrant/core'
import type { TokenStore, WriteOptions } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { expect, test } from 'vitest'
import { keptStore } from './kept-store.ts'

const first: WriteOptions = { ifMatch: null, writeId: 'write-1' }

test('a store that keeps records for a while is one object per store and time, so that flights are shared', () => {
  const [one, two] = [memoryStore(), memoryStore()]
  expect(keptStore(one, 1000)).toBe(keptStore(one, 1000))
  expect(keptStore(one, 1000)).not.toBe(keptStore(one, 2000))
  expect(keptStore(one, 1000)).not.toBe(keptStore(two, 1000))
})

test('records of sessions do not outlive them, and those that end earlier end earlier', async () => {
  const clock = new VirtualClock()
  const store = keptStore(memoryStore({ clock }), 1000)
  await store.write('session', 'payload', first)
  await store.write('longer', 'payload', { ...first, keepMs: 5000 })
  await store.write('shorter', 'payload', { ...first, keepMs: 500 })
  await clock.advance(501)
  expect(await store.read('shorter')).toBeUndefined()
  expect(await store.read('longer')).toMatchObject({ payload: 'payload' })
  await clock.advance(500)
  expect(await store.read('session')).toBeUndefined()
  expect(await store.read('longer')).toBeUndefined()
})

test('a store without hints and keys stays one without', async () => {
  const full = memoryStore()
  const least: TokenStore = { read: key => full.read(key), write: (...args) => full.write(...args) }
  const plain = keptStore(least, 1000)
  expect(Object.keys(plain)).toEqual(['read', 'write'])
})

test('hints, removal and keys of the store go through', async () => {
  const store = keptStore(memoryStore(), 1000)
  const heard: (string | undefined)[] = []
  const watching = store.watch?.(key => void heard.push(key))
  const result = await store.write('a', 'payload', first)
  watching?.[Symbol.dispose]()
  expect(heard).toEqual(['a'])
  const keys: string[] = []
  for await (const key of store.keys?.() ?? []) keys.push(key)
  expect(keys).toEqual(['a'])
  expect(result.ok && (await store.remove?.('a', { ifMatch: result.etag }))).toBe(true)
  expect(await store.read('a')).toBeUndefined()
})
