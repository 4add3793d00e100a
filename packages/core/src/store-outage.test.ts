import { describe, expect, test } from 'vitest'
import { createBench, rejection, tokenOf } from './engine.test-support.ts'
import type { Bench } from './engine.test-support.ts'
import { isStoreError, memoryStore, passwordGrant } from './index.ts'
import { parseRecord } from './token-record.ts'
import type { TokenManager, TokenStore } from './index.ts'

const user = { username: 'fake-user', password: 'fake-password' }
const lifetimeMs = 301_000

/** A process's own connection to shared data. */
interface Connection extends TokenStore {
  state: 'up' | 'down' | 'hung' | 'contended'
  /** The watch lost its connection: hints may have been missed. */
  loseWatch(): void
}

function connect(data: TokenStore): Connection {
  const reach = async (state: Connection['state']): Promise<void> => {
    if (state === 'down') throw new Error('ECONNREFUSED')
    if (state === 'hung') await new Promise(() => undefined)
  }
  let listener: ((key: string | undefined) => void) | undefined
  return {
    state: 'up',
    loseWatch: () => listener?.(undefined),
    watch(given) {
      listener = given
      return data.watch?.(given) as Disposable
    },
    async read(key) {
      await reach(this.state)
      return data.read(key)
    },
    async write(key, payload, options) {
      await reach(this.state)
      // Whoever writes, somebody else was quicker.
      if (this.state === 'contended') {
        const stored = await data.read(key)
        return { ok: false, current: stored && { ...stored, etag: crypto.randomUUID() } }
      }
      return data.write(key, payload, options)
    },
  }
}

interface Scene {
  readonly bench: Bench
  readonly data: TokenStore
  readonly store: Connection
  readonly tokens: TokenManager
  readonly redeemed: () => (string | null)[]
  /** Another process that shares the data. */
  readonly sibling: () => { store: Connection; tokens: TokenManager }
}

/** Somebody who has signed in; the password is not kept, so only the refresh token renews. */
async function signedIn(onStoreOutage?: 'wait' | 'refresh'): Promise<Scene> {
  const bench = createBench()
  const data = memoryStore({ clock: bench.clock })
  const member = (): { store: Connection; tokens: TokenManager } => {
    const store = connect(data)
    const options = { store, ...(onStoreOutage && { onStoreOutage }) }
    return { store, tokens: bench.users({ rotation: { mode: 'rotating' } }, options).for('user-1') }
  }
  const { store, tokens } = member()
  bench.server.answer(tokenOf('access-a', 'refresh-a'))
  await tokens.signIn(passwordGrant(user))
  const redeemed = (): (string | null)[] =>
    bench.server.tokenRequests.slice(1).map(({ parameters }) => parameters.get('refresh_token'))
  return { bench, data, store, tokens, redeemed, sibling: member }
}

async function storedRefreshToken(data: TokenStore): Promise<string | undefined> {
  for await (const key of data.keys?.() ?? []) {
    const stored = await data.read(key)
    return stored && parseRecord(stored.payload).refresh?.token
  }
  return undefined
}

describe('C81 a refresh token while the store is down', () => {
  test.each(['down', 'hung'] as const)(
    'is not redeemed (store %s); calls say that the store failed',
    async state => {
      const { bench, store, tokens, redeemed } = await signedIn()
      await bench.clock.advance(lifetimeMs)
      store.state = state
      const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
      expect(isStoreError(error) && [error.code, error.isTransient]).toEqual(['store_unavailable', true])
      expect(redeemed()).toEqual([])
      store.state = 'up'
      expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-1')
      expect(redeemed()).toEqual(['refresh-a'])
    },
  )

  test.each(['down', 'hung'] as const)(
    'is redeemed where the caller chose so (store %s), again and again, and the last one is saved',
    async state => {
      const { bench, data, store, tokens, redeemed, sibling } = await signedIn('refresh')
      bench.server.answer(tokenOf('access-b', 'refresh-b'), tokenOf('access-c', 'refresh-c'))
      store.state = state
      await bench.clock.advance(lifetimeMs)
      expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-b')
      await bench.clock.advance(lifetimeMs)
      expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-c')
      expect(redeemed()).toEqual(['refresh-a', 'refresh-b'])
      expect(bench.events.map(({ type }) => type)).toContain('degraded')
      store.state = 'up'
      await bench.clock.advance(120_000)
      expect(await storedRefreshToken(data)).toBe('refresh-c')
      expect(await sibling().tokens.getAccessToken()).toBe('access-c')
      await bench.clock.advance(lifetimeMs)
      await sibling().tokens.getAccessToken()
      expect(redeemed().at(-1)).toBe('refresh-c')
    },
  )

  test('is not redeemed while its token still serves', async () => {
    const { bench, store, tokens, redeemed } = await signedIn('refresh')
    await bench.clock.advance(255_000)
    store.state = 'down'
    expect(await tokens.getAccessToken()).toBe('access-a')
    await bench.clock.advance(1000)
    expect(redeemed()).toEqual([])
  })

  test('is not redeemed while another process is known to be at it', async () => {
    const { bench, store, tokens, redeemed, sibling } = await signedIn('refresh')
    await bench.clock.advance(lifetimeMs)
    bench.server.answer({ delayMs: 5000, ...tokenOf('access-b', 'refresh-b') })
    const work = sibling().tokens.getAccessToken()
    await bench.clock.advance(10)
    const waiting = rejection(tokens.getAccessToken())
    await bench.clock.advance(10)
    store.state = 'down'
    expect(isStoreError(await bench.clock.runUntil(waiting))).toBe(true)
    expect(await bench.clock.runUntil(work)).toBe('access-b')
    expect(redeemed()).toEqual(['refresh-a'])
  })

  test('that the server refuses is not dead: the store may hold its successor', async () => {
    const { bench, store, tokens, redeemed, sibling } = await signedIn('refresh')
    const other = sibling()
    await other.tokens.getAccessToken()
    await bench.clock.advance(lifetimeMs)
    store.state = 'down'
    other.store.state = 'down'
    bench.server.answer(tokenOf('access-b', 'refresh-b'), { status: 400, body: { error: 'invalid_grant' } })
    expect(await other.tokens.getAccessToken()).toBe('access-b')
    const refused = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    expect(String(refused)).toContain('the store may hold a newer one')
    expect(await rejection(tokens.getAccessToken())).toMatchObject({ isTransient: true })
    expect(redeemed()).toEqual(['refresh-a', 'refresh-a'])
    other.store.state = 'up'
    await bench.clock.advance(120_000)
    store.state = 'up'
    expect(await tokens.getAccessToken()).toBe('access-b')
    expect(redeemed()).toHaveLength(2)
  })

  test('is not redeemed without a claim in a store that others write all the time', async () => {
    const { bench, store, tokens, redeemed } = await signedIn('refresh')
    await bench.clock.advance(lifetimeMs)
    store.state = 'contended'
    const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    expect(error).toMatchObject({ name: 'StoreError', code: 'store_contended', isTransient: true })
    expect(String(error)).toContain('written by others all the time. Try again.')
    expect(redeemed()).toEqual([])
  })

  test('is not redeemed without a claim while others write and the last one is not saved yet', async () => {
    const { bench, store, tokens, redeemed } = await signedIn('refresh')
    await bench.clock.advance(lifetimeMs)
    bench.server.answer(tokenOf('access-b', 'refresh-b'))
    store.state = 'down'
    expect(await tokens.getAccessToken()).toBe('access-b')
    store.state = 'contended'
    await bench.clock.advance(lifetimeMs)
    const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    expect(error).toMatchObject({ code: 'store_contended', isTransient: true })
    expect(redeemed()).toEqual(['refresh-a'])
  })
})

test('C81 a store that hangs leaves a caller the time to have a grant repeated', async () => {
  const bench = createBench()
  const store = connect(memoryStore({ clock: bench.clock }))
  const tokens = bench.manager({ store })
  store.state = 'hung'
  const calledAt = bench.clock.monotonic()
  expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-1')
  expect(bench.clock.monotonic() - calledAt).toBeLessThan(10_000)
})

test('an onStoreOutage of another kind is refused, and the choices are named', () => {
  const bench = createBench()
  const make = (): unknown => bench.manager({ onStoreOutage: 'ignore' as never })
  expect(make).toThrow("onStoreOutage must be 'wait' or 'refresh'")
})

describe('C81 a store that hangs and whose watch has lost its connection', () => {
  test('keeps nobody waiting who has a valid token, and is asked once a second', async () => {
    const { bench, data, store, tokens } = await signedIn()
    store.state = 'hung'
    store.loseWatch()
    const calledAt = bench.clock.monotonic()
    const calls = Array.from({ length: 100 }, () => tokens.getAccessToken())
    expect(new Set(await bench.clock.runUntil(Promise.all(calls)))).toEqual(new Set(['access-a']))
    expect(bench.clock.monotonic() - calledAt).toBeLessThanOrEqual(250)
    const secondAt = bench.clock.monotonic()
    expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-a')
    expect(bench.clock.monotonic()).toBe(secondAt)
    expect(await storedRefreshToken(data)).toBe('refresh-a')
  })

  test('makes a call for an expired token fail by the name of the store, and in time', async () => {
    const { bench, store, tokens } = await signedIn()
    await bench.clock.advance(lifetimeMs)
    store.state = 'hung'
    store.loseWatch()
    const calledAt = bench.clock.monotonic()
    const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    expect(String(error)).toBe(
      'StoreError: The token store did not answer in time. Check that it works and can be reached; the next call tries again.',
    )
    expect(bench.clock.monotonic() - calledAt).toBeLessThan(10_000)
  })
})

test.each<[string, unknown, string]>([
  [
    'a code',
    Object.assign(new Error('fake'), { code: 'ENOSPC' }),
    'The token store could not be written (ENOSPC). Check',
  ],
  [
    'a name that holds what it was given',
    Object.assign(new Error('fake'), { name: 'WriteError fake-payload' }),
    'The token store could not be written. Check',
  ],
  ['no code', new Error('fake'), 'The token store could not be written. Check'],
])('the error of a driver with %s becomes one that says what to do', async (_what, cause, words) => {
  const bench = createBench()
  const data = memoryStore({ clock: bench.clock })
  const store: TokenStore = { read: key => data.read(key), write: () => Promise.reject(cause) }
  const tokens = bench.manager({ store, grant: passwordGrant(user) })
  const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
  expect(String(error)).toContain(words)
  expect(String(error)).not.toContain('fake')
})

test('C16 a slow write makes no token look longer-lived than it is', async () => {
  const bench = createBench()
  const data = memoryStore({ clock: bench.clock })
  const store: TokenStore = {
    read: key => data.read(key),
    async write(...given) {
      await new Promise<void>(resolve => void bench.clock.schedule(resolve, 4000))
      return data.write(...given)
    },
  }
  const tokens = bench.manager({ store })
  const askedAt = bench.clock.wall()
  await bench.clock.runUntil(tokens.getAccessToken())
  // The claim and the commit take four seconds each, and the token is asked for between them.
  expect(tokens.getSnapshot()).toMatchObject({ expiresAt: askedAt + 4000 + 300_000 })
})

describe('C79 a manager that is disposed of with tokens that the store did not take', () => {
  async function unsaved(): Promise<Scene> {
    const scene = await signedIn('refresh')
    await scene.bench.clock.advance(lifetimeMs)
    scene.store.state = 'down'
    scene.bench.server.answer(tokenOf('access-b', 'refresh-b'))
    await scene.bench.clock.runUntil(scene.tokens.getAccessToken())
    return scene
  }

  test('goes on trying, and ends when they are saved', async () => {
    const { bench, data, store, tokens } = await unsaved()
    const ended = tokens.dispose()
    await bench.clock.advance(10_000)
    store.state = 'up'
    await bench.clock.runUntil(ended)
    expect(await storedRefreshToken(data)).toBe('refresh-b')
  })

  test('gives up after the hold, and says so', async () => {
    const { bench, tokens } = await unsaved()
    const startedAt = bench.clock.monotonic()
    await bench.clock.runUntil(tokens.dispose())
    expect(bench.clock.monotonic() - startedAt).toBeLessThanOrEqual(25_000)
    expect(bench.events.at(-1)).toMatchObject({
      type: 'degraded',
      message: expect.stringContaining('The newest tokens end with this process.') as unknown,
    })
  })
})

test('a token that a hint brought is told of, as one that a look before a refresh brought', async () => {
  const bench = createBench()
  const separate = (): TokenStore => connect(bench.store)
  const [here, there] = [bench.manager({ store: separate() }), bench.manager({ store: separate() })]
  const told: string[] = []
  await here.getAccessToken()
  await there.getAccessToken()
  there.subscribe(({ type }) => void told.push(type))
  await bench.clock.advance(100_000)
  await here.getAccessToken({ forceRefresh: true })
  expect(await there.getAccessToken()).toBe('access-2')
  expect(told).toEqual(['token-adopted'])
})
