import { settle } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { alice, bob, tokenOf, apiUrl, createBench, rejection } from './engine.test-support.ts'
import {
  isReauthorizationRequiredError,
  isSupersededError,
  memoryStore,
  passwordGrant,
  refreshTokenGrant,
} from './index.ts'
import type { TokenStore } from './index.ts'

// No user ever gets another's token, or the application's: whatever is late, concurrent or configured alike.

describe('C74 two credentials of one client have records of their own', () => {
  test('with two API keys', async () => {
    const bench = createBench()
    bench.server.answer(tokenOf('of-a'), tokenOf('of-b'))
    const [a, b] = ['fake-key-a', 'fake-key-b'].map(refreshToken =>
      bench.manager({ grant: refreshTokenGrant({ refreshToken }) }),
    )
    expect(await a?.getAccessToken()).toBe('of-a')
    expect(await b?.getAccessToken()).toBe('of-b')
  })

  test('with two scopes, and with a user beside the application', async () => {
    const bench = createBench()
    bench.server.answer(tokenOf('read'), tokenOf('admin'), tokenOf('application'))
    const read = bench.manager({ grant: passwordGrant(alice, { scope: 'read' }) })
    const admin = bench.manager({ grant: passwordGrant(alice, { scope: 'admin' }) })
    expect(await read.getAccessToken()).toBe('read')
    expect(await admin.getAccessToken()).toBe('admin')
    expect(await bench.manager().getAccessToken()).toBe('application')
  })

  test('and callbacks that name nobody need a subject or a key', async () => {
    const bench = createBench()
    const grant = passwordGrant(() => alice)
    expect(() => bench.manager({ grant })).toThrow('give the grant a subject, or pass a key')
    const named = bench.manager({ grant: passwordGrant(() => alice, { subject: alice.username }) })
    expect(await named.getAccessToken()).toBe('access-1')
  })

  test('and one explicit key for a user and for the application is refused', () => {
    const bench = createBench()
    bench.manager({ key: 'shared', grant: passwordGrant(alice) })
    expect(() => bench.manager({ key: 'shared' })).toThrow('The key "shared" is in use')
  })

  test('and a key stays claimed until its last manager is disposed', async () => {
    const bench = createBench()
    const first = bench.manager({ key: 'shared' })
    bench.manager({ key: 'shared' })
    await first.dispose()
    expect(() => bench.manager({ key: 'shared', clientId: 'fake-other' })).toThrow('is in use')
  })

  test('and a new API key below an explicit key starts afresh', async () => {
    const bench = createBench()
    const old = bench.manager({ key: 'shared', grant: refreshTokenGrant({ refreshToken: 'fake-key-a' }) })
    expect(await old.getAccessToken()).toBe('access-1')
    await old.dispose()
    const renewed = bench.manager({ key: 'shared', grant: refreshTokenGrant({ refreshToken: 'fake-key-b' }) })
    expect(await renewed.getAccessToken()).toBe('access-2')
  })
})

describe('the sign-in that was started last counts', () => {
  test('when an earlier one is answered late', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer({ delayMs: 15_000, ...tokenOf('ALICE') }, tokenOf('BOB'))
    const first = rejection(tokens.signIn(passwordGrant(alice)))
    await bench.clock.advance(10_001)
    expect(await first).toMatchObject({ code: 'network_timeout' })
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(6000)
    expect(await tokens.getAccessToken()).toBe('BOB')
  })

  test('when an earlier one is answered after a sign-out', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer({ delayMs: 15_000, ...tokenOf('ALICE') })
    const first = rejection(tokens.signIn(passwordGrant(alice)))
    await bench.clock.advance(10_001)
    await first
    await tokens.signOut()
    await bench.clock.advance(6000)
    expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
  })

  test('when the later one is answered first', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer({ delayMs: 500, ...tokenOf('ALICE') }, { delayMs: 100, ...tokenOf('BOB') })
    const both = [tokens.signIn(passwordGrant(alice)), tokens.signIn(passwordGrant(bob))].map(rejection)
    await bench.clock.advance(600)
    expect((await Promise.all(both)).map(isSupersededError)).toEqual([true, false])
    expect(await tokens.getAccessToken()).toBe('BOB')
  })

  test('when the earlier one is answered first', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer({ delayMs: 100, ...tokenOf('ALICE') }, { delayMs: 500, ...tokenOf('BOB') })
    const both = [tokens.signIn(passwordGrant(alice)), tokens.signIn(passwordGrant(bob))].map(rejection)
    await bench.clock.advance(600)
    expect(await Promise.all(both)).toEqual([undefined, undefined])
    expect(await tokens.getAccessToken()).toBe('BOB')
  })
})

describe('what one person asked for', () => {
  test('is not replayed in the name of the next', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer(tokenOf('ALICE'), tokenOf('BOB'))
    await tokens.signIn(passwordGrant(alice))
    await bench.clock.advance(10_000)
    const attempt = await tokens.authorize({ url: 'orders', method: 'POST' })
    await tokens.signOut()
    await tokens.signIn(passwordGrant(bob))
    expect(tokens.settle(attempt, { status: 401, headers: new Headers() })).toBe('done')
    const replay = tokens.authorize({ url: 'orders', method: 'POST' }, { replayOf: attempt })
    expect(isSupersededError(await rejection(replay))).toBe(true)
  })

  test('and waited for its turn does not get the token of the next', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer(tokenOf('ALICE', 'refresh-a'))
    await tokens.signIn(passwordGrant(alice))
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 1000, ...tokenOf('ALICE-2', 'refresh-a2') }, tokenOf('BOB', 'refresh-b'))
    const calls = [tokens.getAccessToken(), tokens.variant({ scope: 's' }).getAccessToken()].map(rejection)
    await settle()
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(1100)
    expect((await Promise.all(calls)).map(isSupersededError)).toEqual([true, true])
  })

  test('is not continued with the configured grant after somebody else signed in', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(alice) })
    bench.server.answer(tokenOf('ALICE'), tokenOf('BOB'))
    await tokens.getAccessToken()
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(301_000)
    expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
    await tokens.signIn()
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('is not continued with the credentials callback of an earlier sign-in', async () => {
    const bench = createBench()
    const tokens = bench.users().for('browser-1')
    bench.server.answer(tokenOf('ALICE'), tokenOf('BOB'))
    await tokens.signIn(passwordGrant(() => alice))
    await tokens.signOut()
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(301_000)
    expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
    expect(bench.server.tokenRequests).toHaveLength(2)
  })
})

/** A store whose next read answers late, with what was true when it was asked. */
function lateStore(inner: TokenStore): TokenStore & { release: () => void; isLate: boolean } {
  const store = {
    isLate: false,
    release: (): void => undefined,
    async read(key: string): ReturnType<TokenStore['read']> {
      const answer = inner.read(key)
      if (!store.isLate) return answer
      store.isLate = false
      await new Promise<void>(resolve => (store.release = resolve))
      return answer
    },
    write: inner.write.bind(inner),
  }
  return store
}

test('F58 a store answer that was under way during a sign-out does not bring the session back', async () => {
  const bench = createBench()
  const store = lateStore(memoryStore({ clock: bench.clock }))
  const tokens = bench.manager({ store })
  await tokens.getAccessToken()
  await bench.clock.advance(301_000)
  store.isLate = true
  const waiting = rejection(tokens.getAccessToken())
  await settle()
  await tokens.signOut()
  store.release()
  expect(isSupersededError(await waiting) || isReauthorizationRequiredError(await waiting)).toBe(true)
  expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
  expect(bench.server.tokenRequests).toHaveLength(1)
})

test('a sign-out is seen at once by the other managers of the credential', async () => {
  const bench = createBench()
  const [here, there] = [bench.manager(), bench.manager()]
  await here.getAccessToken()
  expect(await there.getAccessToken()).toBe('access-1')
  await here.signOut()
  expect(isReauthorizationRequiredError(await rejection(there.getAccessToken()))).toBe(true)
})

test('F26 a 401 behind a redirect to a foreign origin says nothing about the token', async () => {
  const bench = createBench()
  const tokens = bench.manager({
    fetch: async (input, init) => {
      const url = input instanceof Request ? input.url : input.toString()
      if (!url.startsWith(apiUrl)) return bench.server.fetch(input, init)
      bench.server.apiRequests.push({
        url,
        method: 'GET',
        parameters: new URLSearchParams(),
        headers: new Headers(),
      })
      const response = new Response('elsewhere', { status: 401 })
      Object.defineProperty(response, 'redirected', { value: true })
      Object.defineProperty(response, 'url', { value: 'https://elsewhere.example.test/login' })
      return response
    },
  })
  await tokens.getAccessToken()
  await bench.clock.advance(60_000)
  expect((await tokens.fetch('things')).status).toBe(401)
  expect([bench.server.apiRequests.length, bench.server.tokenRequests.length]).toEqual([1, 1])
})
