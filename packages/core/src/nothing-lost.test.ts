import { settle } from '@evergrant/testing'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { tokenOf, connectionError, createBench, rejection } from './engine.test-support.ts'
import { isConfigurationError, isStoreError, memoryStore, passwordGrant, refreshTokenGrant } from './index.ts'
import type { EventListener, TokenStore } from './index.ts'
import { parseRecord, serializeRecord } from './token-record.ts'

// What goes wrong once must not stay wrong: hung promises, failing stores, failing hooks, disposal.

const user = { username: 'fake-user', password: 'fake-password' }

/** A store of which one operation hangs or fails once. */
function brokenStore(
  inner: TokenStore,
): TokenStore & { next: 'hang-read' | 'hang-write' | Error | undefined } {
  const store = {
    next: undefined as 'hang-read' | 'hang-write' | Error | undefined,
    async read(key: string): ReturnType<TokenStore['read']> {
      await take('hang-read')
      return inner.read(key)
    },
    async write(...given: Parameters<TokenStore['write']>): ReturnType<TokenStore['write']> {
      await take('hang-write')
      return inner.write(...given)
    },
  }
  const take = async (operation: 'hang-read' | 'hang-write'): Promise<void> => {
    const { next } = store
    if (next === undefined || (next !== operation && !(next instanceof Error))) return
    store.next = undefined
    if (next instanceof Error) throw next
    await new Promise(() => undefined)
  }
  return store
}

describe('one promise that never settles', () => {
  test.each(['hang-read', 'hang-write'] as const)('of the store (%s) costs one call', async operation => {
    const bench = createBench()
    const store = brokenStore(memoryStore({ clock: bench.clock }))
    const tokens = bench.manager({ store, grant: passwordGrant(user) })
    store.next = operation
    expect(await bench.clock.runUntil(rejection(tokens.getAccessToken()))).toMatchObject({
      isTransient: true,
    })
    await bench.clock.advance(60_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('of a credentials callback costs one call', async () => {
    const bench = createBench()
    let isHung = true
    const credentials = (): typeof user | Promise<typeof user> =>
      isHung ? new Promise(() => undefined) : user
    const tokens = bench.manager({ key: 'callback', grant: passwordGrant(credentials) })
    const call = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    expect(call).toBeInstanceOf(Error)
    isHung = false
    await bench.clock.advance(1000)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('of a fetch that ignores its signal costs the claim’s hold', async () => {
    const bench = createBench()
    let isHung = true
    const tokens = bench.manager({
      fetch: (input, init) => (isHung ? new Promise(() => undefined) : bench.server.fetch(input, init)),
    })
    expect(await bench.clock.runUntil(rejection(tokens.getAccessToken()))).toMatchObject({
      code: 'network_timeout',
    })
    isHung = false
    await bench.clock.advance(60_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })
})

describe('a store', () => {
  test('that failed over to an older generation does not bring a spent refresh token back', async () => {
    const bench = createBench()
    const inner = memoryStore({ clock: bench.clock })
    const tokens = bench.manager({
      key: 'shared',
      store: { read: inner.read.bind(inner), write: inner.write.bind(inner) },
      grant: passwordGrant(user),
    })
    bench.server.answer(
      tokenOf('access-a', 'refresh-a'),
      tokenOf('access-b', 'refresh-b'),
      tokenOf('access-c', 'refresh-c'),
    )
    await tokens.getAccessToken()
    const old = await inner.read('shared')
    await bench.clock.advance(301_000)
    expect(await tokens.getAccessToken()).toBe('access-b')
    const current = await inner.read('shared')
    await inner.write('shared', old?.payload ?? '', { ifMatch: current?.etag ?? null, writeId: 'failover' })
    await bench.clock.advance(301_000)
    expect(await tokens.getAccessToken()).toBe('access-c')
    expect(bench.server.tokenRequests.map(request => request.parameters.get('refresh_token'))).toEqual([
      null,
      'refresh-a',
      'refresh-b',
    ])
  })

  test('that always conflicts does not cost the new refresh token', async () => {
    const bench = createBench()
    const inner = memoryStore({ clock: bench.clock })
    let disturb = false
    const store: TokenStore = {
      read: key => inner.read(key),
      async write(key, payload, options) {
        if (disturb && !payload.includes('"claim"')) {
          const stored = await inner.read(key)
          await inner.write(key, stored?.payload ?? '', {
            ifMatch: stored?.etag ?? null,
            writeId: `x${stored?.etag}`,
          })
        }
        return inner.write(key, payload, options)
      },
    }
    const tokens = bench.manager({ key: 'shared', store, grant: passwordGrant(user) })
    bench.server.answer(
      tokenOf('access-a', 'refresh-a'),
      tokenOf('access-b', 'refresh-b'),
      tokenOf('access-c', 'refresh-c'),
    )
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    disturb = true
    expect(await tokens.getAccessToken()).toBe('access-b')
    disturb = false
    await bench.clock.advance(301_000)
    expect(await tokens.getAccessToken()).toBe('access-c')
    expect(bench.server.tokenRequests.at(-1)?.parameters.get('refresh_token')).toBe('refresh-b')
  })

  test('C86 whose error carries its arguments puts no secret into ours', async () => {
    const bench = createBench()
    const store = brokenStore(memoryStore({ clock: bench.clock }))
    const tokens = bench.manager({ store, grant: passwordGrant(user) })
    store.next = Object.assign(new Error('ERR canary-in-message'), {
      command: { args: ['canary-in-arguments'] },
    })
    const error = await rejection(tokens.getAccessToken())
    expect(isStoreError(error)).toBe(true)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary')
  })
})

describe('disposed', () => {
  test('a manager whose background refresh fails asks nothing more', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(100_000)
    await tokens.getAccessToken()
    bench.server.answer(...Array.from({ length: 50 }, () => ({ status: 503, body: '', delayMs: 1000 })))
    await bench.clock.advance(170_000)
    const disposed = tokens.dispose()
    await bench.clock.advance(1000)
    await disposed
    const requests = bench.server.tokenRequests.length
    await bench.clock.advance(600_000)
    expect(bench.server.tokenRequests).toHaveLength(requests)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('a manager gives no new variants that work', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.dispose()
    expect(await rejection(tokens.variant({ scope: 's' }).getAccessToken())).toMatchObject({
      name: 'DisposedError',
    })
    expect(bench.server.tokenRequests).toHaveLength(0)
  })
})

const rejecting = (() => Promise.reject(new Error('listener'))) as unknown as EventListener

describe('hooks of the application', () => {
  test('that throw or reject break nothing', async () => {
    const bench = createBench()
    const tokens = bench.manager({
      onEvent: rejecting,
      waitUntil: () => {
        throw new Error('outside a request')
      },
    })
    tokens.subscribe(() => {
      throw new Error('subscriber')
    })
    expect(await tokens.getAccessToken()).toBe('access-1')
    await bench.clock.advance(600_000)
    await settle()
  })
})

test('two instances with different secrets do not fail each other', async () => {
  const bench = createBench()
  const answers = new Map([
    ['fake-old-secret', { status: 401, body: { error: 'invalid_client' } }],
    ['fake-new-secret', {}],
  ])
  const manager = (clientSecret: string): ReturnType<typeof bench.manager> =>
    bench.manager({
      clientSecret,
      fetch: (input, init) => {
        const secret = new URLSearchParams(init?.body as URLSearchParams).get('client_secret') ?? ''
        bench.server.answer({ delayMs: 10, ...answers.get(secret) })
        return bench.server.fetch(input, init)
      },
    })
  const [old, renewed] = [manager('fake-old-secret'), manager('fake-new-secret')]
  const calls = [rejection(old.getAccessToken()), renewed.getAccessToken()]
  expect(await bench.clock.runUntil(Promise.all(calls))).toEqual([
    expect.objectContaining({ code: 'client_misconfigured' }),
    'access-1',
  ])
})

test('sign-out never revokes a configured API key, also if the server returns it as the refresh token', async () => {
  const bench = createBench()
  const tokens = bench.manager({
    grant: refreshTokenGrant({ refreshToken: 'fake-api-key' }),
    server: { revocationEndpoint: 'https://auth.example.test/revoke' },
  })
  bench.server.answer(tokenOf('access-a', 'fake-api-key'))
  await tokens.getAccessToken()
  await tokens.signOut()
  expect(bench.server.otherRequests).toHaveLength(0)
})

test('each caller waits for its own patience, not for that of the first', async () => {
  const bench = createBench()
  const tokens = bench.manager()
  await tokens.getAccessToken()
  await bench.clock.advance(298_000)
  bench.server.answer({ delayMs: 8000 })
  const early = tokens.getAccessToken()
  await bench.clock.advance(1500)
  expect(await early).toBe('access-1')
  await bench.clock.advance(1000)
  expect(await bench.clock.runUntil(tokens.getAccessToken())).toBe('access-2')
})

test.each<[string, () => unknown]>([
  ['nothing', () => undefined],
  ['an empty object', () => ({})],
  [
    'a client without authentication',
    () => ({
      provider: 'x',
      server: { tokenEndpoint: 'https://a.example/t' },
      client: {},
      resource: { origins: [] },
    }),
  ],
])('%s instead of an authorization is a ConfigurationError that helps', async (_, authorization) => {
  const { createTokenManager, createUserTokens } = await import('./index.ts')
  for (const create of [createTokenManager, createUserTokens]) {
    const error = await rejection(Promise.resolve().then(() => create(authorization() as never)))
    expect(isConfigurationError(error) && String(error)).toContain('@evergrant/providers')
  }
})

test('wrong options and arguments are ConfigurationErrors, never TypeErrors', async () => {
  const bench = createBench()
  const tokens = bench.manager()
  const attempts: (() => unknown)[] = [
    () => bench.manager({ store: 'redis' as never }),
    () => bench.manager({ store: {} as never }),
    () => bench.manager({ clock: {} as never }),
    () => bench.manager({ fetch: 'x' as never }),
    () => bench.manager({ onEvent: 'x' as never }),
    () => bench.manager({ timeoutMs: Number.NaN }),
    () => bench.manager({ server: { rotation: 'rotating' as never } }),
    () => tokens.signIn(user as never),
    () => tokens.variant({ scope: 5 as never }),
    () => tokens.getAccessToken({ minTtlMs: Number.NaN }),
    () => bench.users().for('\uD800'),
    () => bench.manager({ server: { refreshKillsAccessToken: true } }).variant({ scope: 's' }),
    () => refreshTokenGrant(undefined as never),
  ]
  for (const attempt of attempts) {
    const error = await rejection(Promise.resolve().then(attempt))
    expect(isConfigurationError(error), attempt.toString()).toBe(true)
  }
  expect(await tokens.getAccessToken(null as never)).toBe('access-1')
})

test('F38 an expires_in of a millisecond causes no storm', async () => {
  const bench = createBench()
  const tokens = bench.manager()
  bench.server.defaults = { token_type: 'Bearer', expires_in: 0.001 }
  for (let call = 0; call < 100; call++) {
    await tokens.getAccessToken()
    await bench.clock.advance(100)
  }
  expect(bench.server.tokenRequests.length).toBeLessThanOrEqual(41)
})

test('a network error keeps nothing of the original but its code', async () => {
  const bench = createBench()
  bench.server.answer({ error: connectionError('ECONNRESET') })
  const error = await rejection(bench.manager().getAccessToken())
  expect((error as Error).cause).toMatchObject({ message: 'ECONNRESET' })
})

test('F2 a renewal that finds one refresh token after another redeems two of them, and no more', async () => {
  const bench = createBench()
  let replaced = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await bench.server.fetch(input, init)
    if (response.ok) return response
    const stored = await bench.store.read('shared')
    const { claim: _claim, ...record } = parseRecord(stored?.payload ?? '')
    const refresh = { token: `refresh-${++replaced}`, hash: `fake-hash-${replaced}` }
    const ours = { ifMatch: stored?.etag ?? null, writeId: `sibling-${replaced}` }
    await bench.store.write('shared', serializeRecord({ ...record, refresh }), ours)
    return response
  }
  const tokens = bench.manager({ key: 'shared', grant: passwordGrant(user), fetch })
  const refused = { status: 400, body: { error: 'invalid_grant' } }
  bench.server.answer(tokenOf('access-a', 'refresh-a'), refused, refused)
  await tokens.getAccessToken()
  await bench.clock.advance(301_000)
  const error = await bench.clock.runUntil(rejection(tokens.getAccessToken()))
  expect(String(error)).toContain('The refresh token was replaced again and again')
  expect(bench.server.tokenRequests).toHaveLength(3)
})
