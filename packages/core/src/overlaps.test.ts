import { settle } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { alice, bob, tokenOf, createBench, rejection } from './engine.test-support.ts'
import type { Bench } from './engine.test-support.ts'
import {
  isReauthorizationRequiredError,
  isSupersededError,
  passwordGrant,
  refreshTokenGrant,
} from './index.ts'
import type { TokenStore, UserTokens } from './index.ts'

// Several processes: managers over stores of their own, which share nothing but what is stored.

interface Hooks {
  /** Runs after the store acted and before its answer arrives. */
  afterRead?: () => Promise<void>
  afterWrite?: (payload: string) => Promise<void>
}

/** Another process's view of the same stored records. */
function process(bench: Bench, hooks: Hooks = {}, watches = false): TokenStore {
  return {
    async read(key) {
      const answer = await bench.store.read(key)
      await hooks.afterRead?.()
      return answer
    },
    async write(key, payload, options) {
      const answer = await bench.store.write(key, payload, options)
      await hooks.afterWrite?.(payload)
      return answer
    },
    ...(watches && { watch: listener => bench.store.watch?.(listener) ?? { [Symbol.dispose]() {} } }),
  }
}

const usersOn = (bench: Bench, store: TokenStore): UserTokens => bench.users({}, { store })

describe('a sign-in', () => {
  test('is not undone by the late answer to a conflicting write', async () => {
    const bench = createBench()
    const hooks: Hooks = {}
    const here = usersOn(bench, process(bench, hooks)).for('u')
    const there = usersOn(bench, process(bench)).for('u')
    bench.server.answer(tokenOf('ALICE', 'ra'))
    await here.signIn(passwordGrant(alice))
    expect(await there.getAccessToken()).toBe('ALICE')
    await bench.clock.advance(301_000)
    bench.server.answer(tokenOf('ALICE-2', 'ra2'), tokenOf('BOB', 'rb'))
    let isFirst = true
    hooks.afterRead = async () => {
      if (!isFirst) return
      isFirst = false
      await there.getAccessToken()
      hooks.afterWrite = async () => {
        delete hooks.afterWrite
        await new Promise<void>(resolve => void bench.clock.schedule(resolve, 2000))
      }
    }
    const waiting = here.getAccessToken().catch(() => undefined)
    await settle()
    await here.signIn(passwordGrant(bob))
    await bench.clock.advance(3000)
    await waiting
    expect(await here.getAccessToken()).toBe('BOB')
    await bench.clock.advance(30_000)
    expect(await here.getAccessToken()).toBe('BOB')
  })

  test('elsewhere is not handed to a call that waited under the old one', async () => {
    const bench = createBench()
    const [waitingUsers, otherUsers] = [bench.users(), bench.users()]
    bench.server.answer(tokenOf('ALICE', 'ra'))
    await waitingUsers.for('u').signIn(passwordGrant(alice))
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 15_000, ...tokenOf('ALICE-2', 'ra2') }, tokenOf('BOB', 'rb'))
    const waiting = rejection(waitingUsers.for('u').getAccessToken())
    await bench.clock.advance(1000)
    await otherUsers.for('u').signIn(passwordGrant(bob))
    expect(await waitingUsers.for('u').getAccessToken()).toBe('BOB')
    await bench.clock.advance(20_000)
    expect(isSupersededError(await waiting)).toBe(true)
  })

  test('elsewhere, before a call began, is simply adopted', async () => {
    const bench = createBench()
    const [here, there] = [process(bench), process(bench)].map(store => usersOn(bench, store).for('u'))
    bench.server.answer(tokenOf('ALICE', 'ra'), tokenOf('BOB', 'rb'))
    await here?.signIn(passwordGrant(alice))
    expect(await there?.getAccessToken()).toBe('ALICE')
    await bench.clock.advance(301_000)
    await here?.signIn(passwordGrant(bob))
    await bench.clock.advance(1000)
    expect(await there?.getAccessToken()).toBe('BOB')
  })

  test('that was started later survives a sign-out whose write conflicts', async () => {
    const bench = createBench()
    const tokens = bench.users().for('u')
    bench.server.answer(tokenOf('ALICE', 'ra'))
    await tokens.signIn(passwordGrant(alice))
    const slow = usersOn(bench, {
      read: key => bench.store.read(key),
      async write(key, payload, options) {
        await new Promise<void>(resolve => void bench.clock.schedule(resolve, 500))
        return bench.store.write(key, payload, options)
      },
    }).for('u')
    const signingOut = slow.signOut()
    await bench.clock.advance(100)
    bench.server.answer(tokenOf('BOB', 'rb'))
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(2000)
    await signingOut
    expect(await tokens.getAccessToken()).toBe('BOB')
  })

  test('beside a first call succeeds, in either order', async () => {
    for (const order of [0, 1]) {
      const bench = createBench()
      const tokens = bench.manager()
      const both = [(): Promise<unknown> => tokens.signIn(), (): Promise<unknown> => tokens.getAccessToken()]
      if (order === 1) both.reverse()
      const outcomes = await bench.clock.runUntil(Promise.allSettled(both.map(call => call())))
      expect(outcomes.map(({ status }) => status)).toContain('fulfilled')
      expect(
        outcomes.every(outcome => outcome.status === 'fulfilled' || isSupersededError(outcome.reason)),
      ).toBe(true)
      expect(await tokens.getAccessToken()).toMatch(/^access-/)
    }
  })

  test('does not make new calls wait for the refresh of the old one', async () => {
    const bench = createBench()
    const tokens = bench.users().for('u')
    bench.server.answer(tokenOf('ALICE', 'ra'))
    await tokens.signIn(passwordGrant(alice))
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 20_000, ...tokenOf('ALICE-2', 'ra2') }, tokenOf('BOB', 'rb'))
    const old = rejection(tokens.variant({ scope: 's' }).getAccessToken())
    await settle()
    await tokens.signOut()
    await tokens.signIn(passwordGrant(bob))
    await bench.clock.advance(10)
    expect(await tokens.variant({ scope: 's' }).getAccessToken()).toBe('access-1')
    await bench.clock.advance(30_000)
    expect(isSupersededError(await old)).toBe(true)
  })

  test('of a person outlives a change of the configured scope, and so does a sign-out', async () => {
    const bench = createBench()
    const configured = (scope: string): ReturnType<Bench['manager']> =>
      bench.manager({ key: 'shared', store: process(bench), grant: passwordGrant(alice, { scope }) })
    bench.server.answer(tokenOf('BOB'))
    await configured('read').signIn(passwordGrant(bob))
    expect(await configured('read write').getAccessToken()).toBe('BOB')
    await configured('read').signOut()
    const error = await rejection(configured('read write').getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('signed-out')
  })
})

describe('processes that share a store', () => {
  test('with two API keys below one key do not write each other over all the time', async () => {
    const bench = createBench()
    const managers = ['fake-old-key', 'fake-new-key'].map(refreshToken =>
      bench.manager({
        key: 'shared',
        store: process(bench, {}, true),
        grant: refreshTokenGrant({ refreshToken }),
      }),
    )
    for (let call = 0; call < 100; call++) {
      for (const manager of managers) await manager.getAccessToken()
      await bench.clock.advance(1000)
    }
    expect(bench.server.tokenRequests.length).toBeLessThanOrEqual(4)
  })

  test('with a new API key all start afresh without an error', async () => {
    const bench = createBench()
    const manager = (refreshToken: string): ReturnType<Bench['manager']> =>
      bench.manager({ key: 'shared', store: process(bench), grant: refreshTokenGrant({ refreshToken }) })
    await manager('fake-old-key').getAccessToken()
    const fresh = Array.from({ length: 3 }, () => manager('fake-new-key').getAccessToken())
    expect(await bench.clock.runUntil(Promise.all(fresh))).toEqual(Array(3).fill('access-2'))
  })

  test('do not redeem a refresh token twice because a sign-in was refused meanwhile', async () => {
    const bench = createBench()
    const manager = (): ReturnType<Bench['manager']> =>
      bench.manager({ key: 'shared', store: process(bench), grant: passwordGrant(alice) })
    const [first, second, third] = [manager(), manager(), manager()]
    bench.server.answer(tokenOf('ALICE', 'ra'))
    await first.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer(
      { delayMs: 3000, ...tokenOf('ALICE-2', 'ra2') },
      { status: 400, body: { error: 'invalid_grant' } },
    )
    const slow = first.getAccessToken()
    await bench.clock.advance(100)
    await rejection(second.signIn())
    const other = third.getAccessToken()
    await bench.clock.advance(5000)
    expect(await Promise.all([slow, other])).toEqual(['ALICE-2', 'ALICE-2'])
    const redeemed = bench.server.tokenRequests.map(request => request.parameters.get('refresh_token'))
    expect(redeemed.filter(token => token === 'ra')).toHaveLength(1)
  })

  test('hand out no expired token while another one’s refresh is under way', async () => {
    const bench = createBench()
    const [first, second] = [process(bench), process(bench)].map(store =>
      bench.manager({ key: 'shared', store }),
    )
    await first?.getAccessToken()
    await bench.clock.advance(400_000)
    bench.server.answer({ delayMs: 2000 })
    const refreshing = first?.getAccessToken()
    await bench.clock.advance(100)
    const waiting = second?.getAccessToken()
    await bench.clock.advance(4000)
    expect(await Promise.all([refreshing, waiting])).toEqual(['access-2', 'access-2'])
  })
})

test('C79 new tokens that the store refused are written as soon as it works again, without a call', async () => {
  const bench = createBench()
  let isDown = false
  const store: TokenStore = {
    read: key => bench.store.read(key),
    write: (key, payload, options) =>
      isDown ? Promise.reject(new Error('down')) : bench.store.write(key, payload, options),
  }
  const tokens = bench.manager({ key: 'shared', store, grant: passwordGrant(alice) })
  bench.server.answer(tokenOf('access-a', 'ra'))
  await tokens.getAccessToken()
  await bench.clock.advance(301_000)
  bench.server.answer({ delayMs: 100, ...tokenOf('access-b', 'rb') })
  const call = tokens.getAccessToken().catch(() => undefined)
  await bench.clock.advance(50)
  isDown = true
  await bench.clock.advance(40_000)
  await call
  isDown = false
  await bench.clock.advance(61_000)
  expect((await bench.store.read('shared'))?.payload).toContain('"rb"')
})

test('F58 a sign-out that was saved without an answer still ends the session when it is repeated', async () => {
  const bench = createBench()
  const hooks: Hooks = {}
  const tokens = bench
    .users({ revocationEndpoint: 'https://auth.example.test/revoke' }, { store: process(bench, hooks) })
    .for('u')
  bench.server.answer(tokenOf('ALICE', 'ra'))
  await tokens.signIn(passwordGrant(alice))
  hooks.afterWrite = () => {
    delete hooks.afterWrite
    return new Promise(() => undefined)
  }
  const first = await bench.clock.runUntil(rejection(tokens.signOut()))
  expect(first).toMatchObject({ name: 'StoreError' })
  await tokens.signOut()
  expect(bench.server.otherRequests.map(request => request.parameters.get('token'))).toEqual(['ra'])
})
