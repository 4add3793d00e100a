import * as promises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isEvergrantError, isStoreError, passwordGrant } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startBackends } from './backends.test-support.ts'
import type { Backends } from './backends.test-support.ts'
import { connectStore } from './connect-store.test-support.ts'
import { fileStoreOn } from './file-store.ts'
import { nodeFileSystem } from './file-system.ts'
import { ForwardClock, withForwardAges } from './fleet-clock.test-support.ts'
import { fleetTokens } from './fleet-tokens.test-support.ts'
import { lifetimeMs } from './fleet.test-support.ts'
import { startRedis } from '@evergrant/testing/servers'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Scene {
  readonly tokens: TokenManager
  readonly events: readonly string[]
  /** A life later. */
  readonly expire: () => void
  /** What the token endpoint answered since the sign-in. */
  readonly exchanges: () => readonly number[]
}

/** Somebody who has signed in with a server that forgives no replay. */
async function signedIn(inner: TokenStore): Promise<Scene> {
  const { emulator, url, close } = await startEmulatorServer()
  closing.push(close)
  const { travis, journal } = emulator
  travis.configure({ rotation: 'reuse-detection' })
  travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
  const [clock, events]: [ForwardClock, string[]] = [new ForwardClock(), []]
  const customer = travis.credentials.customers[0]
  const { tokenEndpoint, apiUrl } = travis.endpoints(url)
  const server = { ...customer, tokenEndpoint, apiUrl, timeoutMs: 1500, holdMs: 2000 }
  const store = withForwardAges(inner, clock)
  const tokens = fleetTokens(server, { clock, store, onEvent: ({ type }) => void events.push(type) })
  closing.unshift(() => tokens.dispose())
  await tokens.signIn(passwordGrant(customer))
  journal.clear()
  const forward = (byMs: number): void => {
    clock.aheadMs += byMs
    emulator.advance(byMs)
  }
  return {
    tokens,
    events,
    expire: () => forward(lifetimeMs + 1000),
    exchanges: () => journal.entries({ kind: 'token' }).map(({ status }) => status),
  }
}

async function ask(tokens: TokenManager): Promise<{ tokens: Set<string>; errors: unknown[] }> {
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.getAccessToken()))
  return {
    tokens: new Set(results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))),
    errors: results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  }
}

/** The caller may try again: the store has failed, or has not answered in time. */
function isTransient(error: unknown): boolean {
  return isEvergrantError(error) && error.isTransient
}

/** A token, as soon as the store is back. */
async function eventually(tokens: TokenManager): Promise<string> {
  return vi.waitFor(() => tokens.getAccessToken(), { timeout: 15_000, interval: 300 })
}

let backends: Backends

describe.skipIf(startBackends === undefined)('C81 a store that goes away under 50 callers', () => {
  beforeAll(async () => void (backends = await startBackends!()), 120_000)
  afterAll(() => backends.stop())

  const rows = [
    ['Redis with node-redis', 'redis'],
    ['Redis with ioredis', 'redis'],
    ['Postgres with pg', 'database'],
    ['Postgres with postgres', 'database'],
    ['pg behind PgBouncer', 'database'],
    ['postgres behind PgBouncer', 'database'],
  ] as const

  test.each(rows)(
    '%s: memory serves, no refresh token is risked, and afterwards all goes on',
    async (name, which) => {
      const { store, close } = await connectStore(backends.addresses[name])
      closing.push(close)
      const { tokens, expire, exchanges } = await signedIn(store)
      const valid = await tokens.getAccessToken()
      await backends[which].kill()
      try {
        expect(await ask(tokens)).toEqual({ tokens: new Set([valid]), errors: [] })
        expire()
        const down = await ask(tokens)
        expect(down.tokens).toEqual(new Set())
        expect(down.errors).toHaveLength(50)
        if (!down.errors.every(isTransient))
          process.stderr.write(`${name}: ${[...new Set(down.errors.map(String))].join()}\n`)
        expect(down.errors.every(isTransient)).toBe(true)
        expect(exchanges()).toEqual([])
      } finally {
        await backends[which].restart()
      }
      const next = await eventually(tokens)
      expect(next).not.toBe(valid)
      expect(exchanges()).toEqual([200])
      expect(await ask(tokens)).toEqual({ tokens: new Set([next]), errors: [] })
    },
    60_000,
  )

  test('F10 Redis that forgot everything gets the record back from whoever has it in memory', async () => {
    const server = await startRedis()
    closing.push(() => server.stop())
    const { store, close } = await connectStore({ kind: 'node-redis', at: `${server.port}` })
    closing.unshift(close)
    const { tokens, expire, exchanges } = await signedIn(store)
    await server.kill()
    await server.restart()
    expire()
    await eventually(tokens)
    expect(exchanges()).toEqual([200])
    const keys: string[] = []
    await vi.waitFor(async () => {
      for await (const key of store.keys?.() ?? []) keys.push(key)
      expect(keys).toHaveLength(1)
    })
  }, 60_000)
})

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
    const { tokens, expire, exchanges } = await signedIn(store)
    fillAfter(0)
    expire()
    const full = await ask(tokens)
    expect([full.tokens.size, full.errors.every(isStoreError)]).toEqual([0, true])
    expect(exchanges()).toEqual([])
    clear()
    await eventually(tokens)
    expect(exchanges()).toEqual([200])
  }, 30_000)

  test('after the claim: the new token is handed out, it is said aloud, and written as soon as there is room', async () => {
    const { store, fillAfter, clear } = await onDisk()
    const { tokens, expire, exchanges, events } = await signedIn(store)
    fillAfter(1)
    expire()
    const given = await ask(tokens)
    const late = given.tokens.size === 1 ? [...given.tokens][0] : await eventually(tokens)
    expect(exchanges()).toEqual([200])
    expect(events).toContain('degraded')
    clear()
    const isSaved = async (): Promise<boolean> => {
      for await (const key of store.keys?.() ?? []) {
        if ((await store.read(key))?.payload.includes(String(late))) return true
      }
      return false
    }
    await vi.waitFor(async () => expect(await isSaved()).toBe(true), { timeout: 15_000, interval: 300 })
    expire()
    await eventually(tokens)
    expect(exchanges()).toEqual([200, 200])
  }, 60_000)
})
