import { describe, expect, test } from 'vitest'
import { alice, bob, createBench, rejection, tokenOf } from './engine.test-support.ts'
import type { Bench } from './engine.test-support.ts'
import { Connection, ForgetfulStore } from './forgetful-store.test-support.ts'
import { isSupersededError, passwordGrant } from './index.ts'
import type { AuthorizationServer, TokenManager, TokenStore, UserTokens, UserTokensOptions } from './index.ts'

// Tokens that one process has and the store does not: whose they are, who may use them, and when they are let go.

const lifeMs = 301_000
const available = { onStoreOutage: 'refresh' } as const

interface Scene {
  readonly bench: Bench
  readonly data: ForgetfulStore
  readonly store: Connection
  /** Managers of this process, or of another one by a connection of its own. */
  readonly users: (options?: UserTokensOptions) => UserTokens
  readonly redeemed: () => readonly string[]
}

function scene(server: Partial<AuthorizationServer> = {}): Scene {
  const bench = createBench()
  const data = new ForgetfulStore(bench.clock.monotonic)
  const store = new Connection(data)
  return {
    bench,
    data,
    store,
    users: options => bench.users({ rotation: { mode: 'rotating' }, ...server }, { store, ...options }),
    redeemed: () =>
      bench.server.tokenRequests.flatMap(({ parameters }) => parameters.get('refresh_token') ?? []),
  }
}

/** Alice has signed in, her token has expired, and the store is down. */
async function aliceInAnOutage(
  server?: Partial<AuthorizationServer>,
): Promise<Scene & { tokens: TokenManager }> {
  const all = scene(server)
  const tokens = all.users(available).for('u')
  all.bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'))
  await tokens.signIn(passwordGrant(alice))
  await all.bench.clock.advance(lifeMs)
  all.store.state = 'down'
  return { ...all, tokens }
}

describe('F14 somebody else signs in while an exchange without the store is under way', () => {
  test('and the refreshed tokens of the first do not enter the session of the second', async () => {
    const { bench, data, store, tokens } = await aliceInAnOutage()
    bench.server.answer(
      { ...tokenOf('alice-2', 'refresh-alice-2'), delayMs: 4000 },
      tokenOf('bob-1', 'refresh-bob-1'),
    )
    const asked = rejection(tokens.getAccessToken())
    await bench.clock.advance(100)
    store.state = 'up'
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(15_000)
    expect(isSupersededError(await asked)).toBe(true)
    expect(await tokens.getAccessToken()).toBe('bob-1')
    expect(data.record?.refresh?.token).toBe('refresh-bob-1')
  })

  test('and the tokens of the configured grant do not enter it either', async () => {
    const { bench, data, store } = scene()
    const tokens = bench.manager({ store })
    await tokens.getAccessToken()
    await bench.clock.advance(lifeMs)
    store.state = 'down'
    bench.server.answer({ ...tokenOf('app-2'), delayMs: 4000 }, tokenOf('bob-1', 'refresh-bob-1'))
    const asked = rejection(tokens.getAccessToken())
    await bench.clock.advance(100)
    store.state = 'up'
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(15_000)
    expect(isSupersededError(await asked)).toBe(true)
    expect(await tokens.getAccessToken()).toBe('bob-1')
    expect(data.record?.refresh?.token).toBe('refresh-bob-1')
  })
})

describe('F14 tokens that are kept in memory', () => {
  test('are not written over somebody who signed in since, also if the store loses that', async () => {
    const { bench, data, store, tokens } = await aliceInAnOutage()
    bench.server.answer(tokenOf('alice-2', 'refresh-alice-2'), tokenOf('bob-1', 'refresh-bob-1'))
    expect(await tokens.getAccessToken()).toBe('alice-2')
    store.state = 'up'
    await tokens.signIn(passwordGrant(bob))
    data.entry = undefined
    await bench.clock.advance(61_000)
    expect(await tokens.getAccessToken()).toBe('bob-1')
  })

  test('are not written over a sign-out, also if the store loses that', async () => {
    const { bench, data, store, tokens } = await aliceInAnOutage()
    bench.server.answer(tokenOf('alice-2', 'refresh-alice-2'))
    expect(await tokens.getAccessToken()).toBe('alice-2')
    store.state = 'up'
    const before = data.entry
    await tokens.signOut()
    data.entry = before
    await bench.clock.advance(61_000)
    expect(await rejection(tokens.getAccessToken())).toMatchObject({ reason: 'signed-out' })
  })

  test('are given back to the server where a sign-out elsewhere has overtaken them', async () => {
    const all = await aliceInAnOutage({ revocationEndpoint: 'https://auth.example.test/revoke' })
    const { bench, data, store, tokens } = all
    bench.server.answer(tokenOf('alice-2', 'refresh-alice-2'))
    await tokens.getAccessToken()
    await all
      .users({ store: new Connection(data) })
      .for('u')
      .signOut()
    store.state = 'up'
    await bench.clock.advance(120_000)
    expect(await rejection(tokens.getAccessToken())).toMatchObject({ reason: 'signed-out' })
    const revoked = bench.server.otherRequests.map(({ parameters }) => parameters.get('token'))
    expect(revoked).toEqual(['refresh-alice-1', 'refresh-alice-2'])
  })

  test('give way to what another process has saved meanwhile', async () => {
    const { bench, data, store, tokens, users } = await aliceInAnOutage({
      rotation: { mode: 'rotating', graceMs: 60_000 },
    })
    bench.server.answer(
      { ...tokenOf('alice-2a', 'refresh-2a'), delayMs: 4000 },
      tokenOf('alice-2b', 'refresh-2b'),
    )
    const first = tokens.getAccessToken()
    await bench.clock.advance(100)
    await users({ store: new Connection(data) })
      .for('u')
      .getAccessToken()
    store.state = 'up'
    store.hint()
    await bench.clock.runUntil(Promise.allSettled([first, tokens.getAccessToken()]))
    await bench.clock.advance(10_000)
    expect(data.record?.refresh?.token).toBe('refresh-2b')
  })
})

describe('F1 a refresh token that was redeemed and whose successor is not saved', () => {
  test('is not redeemed again by another manager of this process while the store is down', async () => {
    const { bench, store, users, redeemed } = scene()
    const [first, other] = [users(available).for('u'), users(available).for('u')]
    bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'))
    await first.signIn(passwordGrant(alice))
    await other.getAccessToken()
    await bench.clock.advance(lifeMs)
    store.state = 'down'
    bench.server.answer(tokenOf('alice-2', 'refresh-alice-2'))
    await bench.clock.runUntil(Promise.all([first.getAccessToken(), other.getAccessToken()]))
    expect(redeemed()).toEqual(['refresh-alice-1'])
  })

  test.each(['forgotten', 'still there'])(
    'is not redeemed again when the store is back and the first manager is %s',
    async how => {
      const { bench, store, users, redeemed } = scene()
      const [own, others] = [users(), users()]
      bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'))
      await own.for('u').signIn(passwordGrant(alice))
      if (how === 'still there') await others.for('u').getAccessToken()
      await bench.clock.advance(lifeMs)
      bench.server.answer({ ...tokenOf('alice-2', 'refresh-alice-2'), delayMs: 1000 })
      const asked = own
        .for('u')
        .getAccessToken()
        .catch(() => undefined)
      await bench.clock.advance(500)
      store.state = 'down'
      await bench.clock.advance(90_000)
      await asked
      store.state = 'up'
      if (how === 'forgotten') own.forget('u')
      const second = how === 'forgotten' ? own.for('u') : others.for('u')
      expect(await bench.clock.runUntil(second.getAccessToken())).toBe('alice-2')
      expect(redeemed()).toEqual(['refresh-alice-1'])
    },
  )
})

describe('F7 a record that the store has lost', () => {
  test('is not written back over the claim of another process', async () => {
    const { bench, data, store, users, redeemed } = scene()
    const elsewhere = new Connection(data)
    const [here, there] = [users().for('u'), users({ store: elsewhere }).for('u')]
    bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'))
    await here.signIn(passwordGrant(alice))
    await there.getAccessToken()
    await bench.clock.advance(230_000)
    data.entry = undefined
    store.hint()
    elsewhere.hint()
    bench.server.answer({ ...tokenOf('alice-2', 'refresh-alice-2'), delayMs: 3000 })
    await here.getAccessToken()
    const second = there.getAccessToken({ minTtlMs: 100_000 })
    await bench.clock.advance(50)
    const first = here.getAccessToken({ minTtlMs: 100_000 })
    await bench.clock.runUntil(Promise.allSettled([first, second]))
    expect(redeemed()).toEqual(['refresh-alice-1'])
  })

  test('and is written back by two processes at once fails no call', async () => {
    const { bench, data, store, users } = scene()
    const elsewhere = new Connection(data)
    const both = [users().for('u'), users({ store: elsewhere }).for('u')]
    bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'))
    await both[0]?.signIn(passwordGrant(alice))
    await both[1]?.getAccessToken()
    await bench.clock.advance(lifeMs)
    data.entry = undefined
    store.hint()
    elsewhere.hint()
    bench.server.answer({ ...tokenOf('alice-2', 'refresh-alice-2'), delayMs: 300 })
    const calls = Promise.all(both.map(tokens => tokens.getAccessToken()))
    expect(await bench.clock.runUntil(calls)).toEqual(['alice-2', 'alice-2'])
  })
})

test.each(['hung', 'down'] as const)(
  'C81 an outage of four hours (store %s) fails no grant that can be repeated, and piles up no saves',
  async state => {
    const { bench, store } = scene()
    const tokens = bench.manager({ store })
    await tokens.getAccessToken()
    store.state = state
    const perHour: number[] = []
    for (let hour = 0; hour < 4; hour++) {
      const before = store.calls
      for (let renewal = 0; renewal < 12; renewal++) {
        await bench.clock.advance(lifeMs)
        await bench.clock.runUntil(tokens.getAccessToken())
      }
      perHour.push(store.calls - before)
    }
    expect(perHour.at(-1)).toBeLessThan(2 * (perHour[0] ?? 0))
  },
  30_000,
)

test('F58 a sign-out elsewhere is noticed although the answer to a write was lost and the write sent again', async () => {
  const { bench, data, store, users } = scene()
  let attempts = 0
  let during: (() => Promise<unknown>) | undefined
  const flaky: TokenStore = {
    watch: store.watch,
    read: store.read,
    async write(key, payload, options) {
      const before = data.entry
      const result = await store.write(key, payload, options)
      if (data.entry !== before && options.notify !== false) store.hint()
      if (options.notify === false || during === undefined) return result
      if (++attempts === 1) throw new Error('ECONNRESET')
      const run = during
      during = undefined
      await run()
      return result
    },
  }
  const [here, there] = [users({ store: flaky }).for('u'), users({ store: new Connection(data) }).for('u')]
  bench.server.answer(tokenOf('alice-1', 'refresh-alice-1'), tokenOf('alice-2', 'refresh-alice-2'))
  await here.signIn(passwordGrant(alice))
  await there.getAccessToken()
  await bench.clock.advance(lifeMs)
  during = async () => {
    await there.signOut()
    store.hint()
  }
  await bench.clock.runUntil(here.getAccessToken().catch(() => undefined))
  await bench.clock.advance(5000)
  expect(await rejection(here.getAccessToken())).toMatchObject({ reason: 'signed-out' })
})
