import { randomBytes } from 'node:crypto'
import { isConfigurationError, isStoreError, memoryStore } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { describeTokenStore } from '@evergrant/testing/token-store-suite'
import { describe, expect, test } from 'vitest'
import { encryptedStore } from './encrypted-store.ts'

const newKey = (): string => randomBytes(32).toString('base64url')
const [oldKey, key] = [newKey(), newKey()]
const first = { ifMatch: null, writeId: 'write-1' }

describeTokenStore('the encrypted store', () => {
  const clock = new VirtualClock()
  const inner = memoryStore({ clock })
  const another = (): TokenStore => encryptedStore(inner, { keys: [key] })
  return { store: another(), another, pass: ms => clock.advance(ms) }
})

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((reason: unknown) => reason)
  return isStoreError(error) ? [error.code, error.isTransient] : error
}

const unreadable = ['store_schema_unknown', false]

describe('what an encrypted store keeps', () => {
  test('shows nothing of the payload, and never looks the same twice', async () => {
    const inner = memoryStore()
    const store = encryptedStore(inner, { keys: key })
    await store.write('a', '{"token":"fake-secret"}', first)
    await store.write('b', '{"token":"fake-secret"}', first)
    const [a, b] = [await inner.read('a'), await inner.read('b')]
    expect(a?.payload).toMatch(/^evergrant-sealed\.1\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/)
    expect(a?.payload).not.toContain('fake-secret')
    expect(a?.payload.split('.').slice(3)).not.toEqual(b?.payload.split('.').slice(3))
    expect((await store.read('a'))?.payload).toBe('{"token":"fake-secret"}')
  })

  test('is read with every key, and written with the newest', async () => {
    const inner = memoryStore()
    const before = encryptedStore(inner, { keys: [oldKey] })
    const after = encryptedStore(inner, { keys: [key, oldKey] })
    await before.write('a', 'one', first)
    const found = await after.read('a')
    expect(found?.payload).toBe('one')
    await after.write('a', 'two', { ifMatch: found?.etag ?? '', writeId: 'write-2' })
    expect((await encryptedStore(inner, { keys: [key] }).read('a'))?.payload).toBe('two')
    expect(await codeOf(before.read('a'))).toEqual(unreadable)
  })

  test('C82 is left alone where it cannot be decrypted, and said so', async () => {
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [oldKey] }).write('a', 'one', first)
    await inner.write('plain', '{"token":"fake-secret"}', first)
    const before = [await inner.read('a'), await inner.read('plain')].map(stored => stored?.payload)
    const store = encryptedStore(inner, { keys: [key] })
    for (const name of ['a', 'plain']) {
      expect(await codeOf(store.read(name))).toEqual(unreadable)
      expect(await codeOf(store.write(name, 'two', { ifMatch: null, writeId: 'write-2' }))).toEqual(
        unreadable,
      )
    }
    expect([await inner.read('a'), await inner.read('plain')].map(stored => stored?.payload)).toEqual(before)
  })

  test('belongs to its key: a record that was moved or changed is refused', async () => {
    const inner = memoryStore()
    const store = encryptedStore(inner, { keys: [key] })
    await store.write('a', 'one', first)
    const payload = (await inner.read('a'))?.payload ?? ''
    const parts = payload.split('.')
    const changed = [
      payload.slice(0, -2),
      payload.replace(/.$/, letter => (letter === 'A' ? 'Q' : 'A')),
      [...parts.slice(0, 3), parts[4], parts[3]].join('.'),
      [...parts.slice(0, 4), '%%%'].join('.'),
      parts.slice(0, 3).join('.'),
      'evergrant-sealed.1.',
    ]
    for (const [index, text] of changed.entries()) await inner.write(`changed-${index}`, text, first)
    await inner.write('moved', payload, first)
    for (const name of ['moved', ...changed.map((_, index) => `changed-${index}`)]) {
      expect(await codeOf(store.read(name)), name).toEqual(unreadable)
    }
  })

  test('says nothing secret when it refuses', async () => {
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [oldKey] }).write('a', 'fake-secret', first)
    const error: unknown = await encryptedStore(inner, { keys: [key] })
      .read('a')
      .catch((reason: unknown) => reason)
    for (const secret of ['fake-secret', key, oldKey])
      expect(JSON.stringify(error) + String(error)).not.toContain(secret)
  })

  test('has a watch, keys and remove where the inner store has them', () => {
    const bare: TokenStore = {
      read: () => Promise.reject(new Error()),
      write: () => Promise.reject(new Error()),
    }
    expect(Object.keys(encryptedStore(bare, { keys: key })).sort()).toEqual(['read', 'write'])
    expect(Object.keys(encryptedStore(memoryStore(), { keys: key })).sort()).toEqual([
      'keys',
      'read',
      'remove',
      'watch',
      'write',
    ])
  })
})

describe('keys', () => {
  test.each([
    ['none', undefined],
    ['an empty list', []],
    ['an empty text', ''],
    ['an empty key', [key, '']],
    ['a short one', [key.slice(0, 31)]],
    ['one that repeats few letters', ['abc'.repeat(20)]],
    ['the same one twice', [key, oldKey, key]],
    ['a number', [7]],
  ])('are refused: %s', (_what, keys) => {
    let thrown: unknown
    try {
      encryptedStore(memoryStore(), { keys } as never)
    } catch (error) {
      thrown = error
    }
    expect(isConfigurationError(thrown)).toBe(true)
    expect(String(thrown)).not.toContain(key)
  })

  test('are not enough without a store', () => {
    expect(() => encryptedStore(undefined as never, { keys: key })).toThrow('store must be a TokenStore')
  })
})
