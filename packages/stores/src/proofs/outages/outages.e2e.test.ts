import * as promises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isStoreError } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { findRedis, startRedis } from '@evergrant/testing/servers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connectStore } from '../connect-store.test-support.ts'
import { fileStoreOn } from '../../file-store.ts'
import { nodeFileSystem } from '../../file-system.ts'
import { openScene } from './outage-scene.test-support.ts'
import type { OutageScene } from './outage-scene.test-support.ts'

// Stores that fail at one exact moment. Those that are down for a while: long-outages and scarce-disk.

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function opened(store: TokenStore): Promise<OutageScene> {
  const scene = await openScene(store)
  closing.unshift(() => scene.close())
  return scene
}

async function ask(tokens: TokenManager): Promise<{ tokens: Set<string>; errors: unknown[] }> {
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.getAccessToken()))
  return {
    tokens: new Set(results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))),
    errors: results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  }
}

/** A token, as soon as the store is back. */
async function eventually(tokens: TokenManager): Promise<string> {
  return vi.waitFor(() => tokens.getAccessToken(), { timeout: 15_000, interval: 300 })
}

test.skipIf(findRedis() === undefined)(
  'F10 Redis that forgot everything gets the record back from whoever has it in memory',
  async () => {
    const server = await startRedis()
    closing.push(() => server.stop())
    const { store, close } = await connectStore({ kind: 'node-redis', at: `${server.port}` })
    closing.unshift(close)
    const { tokens, expire, exchanges } = await opened(store)
    await server.kill()
    await server.restart()
    expire()
    await eventually(tokens)
    expect(exchanges('refresh_token')).toEqual([200])
    await vi.waitFor(async () => expect(await store.read(tokens.key)).toBeDefined(), { timeout: 15_000 })
  },
  60_000,
)

describe('F55 a disk that is full', () => {
  /** A file store whose disk can be full for the next writes. */
  async function onDisk(): Promise<{
    store: TokenStore
    fillAfter: (writes: number) => void
    clear: () => void
  }> {
    const directory = await promises.mkdtemp(join(tmpdir(), 'evergrant-disk-'))
    closing.push(() => promises.rm(directory, { recursive: true }))
    let left = Number.POSITIVE_INFINITY
    const open: typeof promises.open = async (path, flags, mode) => {
      // One temporary file for each write.
      if (flags === 'wx' && left-- <= 0)
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      return promises.open(path, flags, mode)
    }
    const files = { ...nodeFileSystem, open }
    return {
      store: fileStoreOn({ files, userId: process.getuid?.() }, directory),
      fillAfter: writes => void (left = writes),
      clear: () => void (left = Number.POSITIVE_INFINITY),
    }
  }

  test('before the claim: no refresh token is risked, and afterwards all goes on', async () => {
    const { store, fillAfter, clear } = await onDisk()
    const { tokens, expire, exchanges } = await opened(store)
    fillAfter(0)
    expire()
    const full = await ask(tokens)
    expect([full.tokens.size, full.errors.every(isStoreError)]).toEqual([0, true])
    expect(exchanges('refresh_token')).toEqual([])
    clear()
    await eventually(tokens)
    expect(exchanges('refresh_token')).toEqual([200])
  }, 30_000)

  test('after the claim: the new token is handed out, it is said aloud, and written as soon as there is room', async () => {
    const { store, fillAfter, clear } = await onDisk()
    const { tokens, expire, exchanges, events, pendingCalls } = await opened(store)
    fillAfter(1)
    expire()
    const given = await ask(tokens)
    const late = given.tokens.size === 1 ? [...given.tokens][0] : await eventually(tokens)
    expect(exchanges('refresh_token')).toEqual([200])
    expect(events).toContain('degraded')
    clear()
    const payload = async (): Promise<string> => (await store.read(tokens.key))?.payload ?? ''
    await vi.waitFor(async () => expect(await payload()).toContain(late), { timeout: 15_000, interval: 300 })
    await vi.waitFor(() => expect(pendingCalls()).toBe(0), { timeout: 15_000 })
    await wait(50)
    expire()
    await eventually(tokens)
    expect(exchanges('refresh_token')).toEqual([200, 200])
  }, 60_000)
})
