import { isTooManyAttemptsError, memoryStore } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { CookieJar, createSessionWorld } from './sessions.test-support.ts'
import { defaultLimits, SignInLimit } from './sign-in-limit.ts'

const create = (): { clock: VirtualClock; limit: SignInLimit; another: SignInLimit } => {
  const clock = new VirtualClock()
  const place = { store: memoryStore({ clock }), clock, timeoutMs: 1000 }
  return {
    clock,
    limit: new SignInLimit(place, defaultLimits),
    another: new SignInLimit(place, defaultLimits),
  }
}

describe('tries to sign in', () => {
  test('five per account are allowed, and the sixth is told when to come back', async () => {
    const { clock, limit } = create()
    for (let tries = 0; tries < 5; tries++) await limit.count('travis', 'anna', undefined)
    await clock.advance(60_000)
    const failure = await limit.count('travis', 'anna', undefined).catch((error: unknown) => error)
    expect(failure).toSatisfy(isTooManyAttemptsError)
    expect(failure).toMatchObject({ retryAt: clock.wall() + 14 * 60_000 })
    await clock.advance(14 * 60_000)
    await limit.count('travis', 'anna', undefined)
  })

  test.each([' anna', 'ANNA', 'a\u006ena', 'an\0na', 'anna\u200b', 'an na', 'ａｎｎａ'])(
    '%j is the same account as anna',
    async name => {
      const { limit } = create()
      for (let tries = 0; tries < 5; tries++) await limit.count('travis', 'anna', undefined)
      await expect(limit.count('travis', name, undefined)).rejects.toSatisfy(isTooManyAttemptsError)
    },
  )

  test('other accounts and other providers are not held back', async () => {
    const { limit } = create()
    for (let tries = 0; tries < 5; tries++) await limit.count('travis', 'anna', undefined)
    await limit.count('travis', 'bert', undefined)
    await limit.count('team-server', 'anna', undefined)
  })

  test('all instances on one store count together, and a hundred concurrent tries are five', async () => {
    const { limit, another } = create()
    const tries = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? limit : another).count('travis', 'anna', undefined),
    )
    const results = await Promise.allSettled(tries)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  })

  test('twenty per address are allowed, whatever the account; a full address takes nothing from accounts', async () => {
    const { limit } = create()
    for (let tries = 0; tries < 20; tries++) await limit.count('travis', `user-${tries}`, '192.0.2.1')
    for (let tries = 0; tries < 10; tries++) {
      await expect(limit.count('travis', 'anna', '192.0.2.1')).rejects.toSatisfy(isTooManyAttemptsError)
    }
    await limit.count('travis', 'anna', '192.0.2.2')
  })

  test('a try that is taken back counts as none', async () => {
    const { limit } = create()
    for (let tries = 0; tries < 30; tries++) {
      const { refund } = await limit.count('travis', 'anna', '192.0.2.1')
      await refund()
    }
  })
})

describe('the sign-in of a session', () => {
  test('asks the server no sixth time for one account, not even with the right password', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('store')
    const { username, password } = world.customer()
    const attempt = (secret: string): Promise<unknown> =>
      sessions
        .for(new CookieJar().request())
        .signIn({ username, password: secret }, { clientAddress: '192.0.2.1' })
        .catch((error: { code: string }) => error.code)
    for (let tries = 0; tries < 5; tries++)
      expect(await attempt(`fake-${tries}`)).toBe('credentials_rejected')
    expect(await attempt(password)).toBe('too_many_attempts')
    expect(world.tokenRequests('password')).toBe(5)
    await world.clock.advance(15 * 60_000)
    expect(await attempt(password)).toBeUndefined()
  })

  test('counts neither successes nor outages', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('store')
    const attempt = (): Promise<unknown> =>
      sessions
        .for(new CookieJar().request())
        .signIn(world.customer(), { clientAddress: '192.0.2.1' })
        .catch((error: { code: string }) => error.code)
    world.emulator.travis.faults.add({ kind: 'status', status: 503, times: 10 })
    for (let tries = 0; tries < 10; tries++) expect(await attempt()).toBe('server_unavailable')
    for (let tries = 0; tries < 30; tries++) expect(await attempt()).toBeUndefined()
  })

  test('a hundred concurrent wrong passwords reach the server five times', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const { username } = world.customer()
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        sessions
          .for(new CookieJar().request())
          .signIn({ username, password: `fake-${index}` })
          .catch((error: { code: string }) => error.code),
      ),
    )
    expect(codes.filter(code => code === 'credentials_rejected')).toHaveLength(5)
    expect(world.tokenRequests('password')).toBe(5)
  })
})
