import { describe, expect, test } from 'vitest'
import { createBench, rejection } from './engine.test-support.ts'
import {
  createUserTokens,
  isConfigurationError,
  isReauthorizationRequiredError,
  none,
  passwordGrant,
} from './index.ts'

const user = { username: 'fake-user', password: 'fake-password' }
const authorization = {
  provider: 'example',
  server: { tokenEndpoint: 'https://auth.example.test/token' },
  client: { clientId: 'fake-client', authentication: none() },
  resource: { origins: [] },
}

describe('user tokens', () => {
  test('give the same manager for the same user', () => {
    const users = createBench().users()
    expect(users.for('a')).toBe(users.for('a'))
    expect(users.for('a')).not.toBe(users.for('b'))
  })

  test('put aside the longest unused manager, whose tokens stay in the store', async () => {
    const bench = createBench()
    const options = { clock: bench.clock, store: bench.store, fetch: bench.server.fetch, maxUsers: 2 }
    const users = createUserTokens(authorization, options)
    const first = users.for('a')
    await first.signIn(passwordGrant(user))
    users.for('b')
    users.for('a')
    users.for('c')
    expect(users.for('a')).toBe(first)
    users.for('d')
    users.for('e')
    const again = users.for('a')
    expect(again).not.toBe(first)
    expect(await again.getAccessToken()).toBe('access-1')
    expect(await first.getAccessToken()).toBe('access-1')
  })

  test('need a user id: nobody shares a token by mistake', () => {
    const users = createBench().users()
    for (const id of ['', undefined, null, 7]) {
      expect(() => users.for(id as string)).toThrow('Pass the id of the signed-in user')
    }
  })

  test('refuse an authorization with a grant also where no compiler looks', () => {
    const withGrant = { ...authorization, grant: passwordGrant(user) } as never
    expect(() => createUserTokens(withGrant)).toThrow('takes an authorization without one')
  })

  test('refuse a bound that is no positive whole number', async () => {
    for (const maxUsers of [0, -1, 1.5, Number.NaN]) {
      const attempt = Promise.resolve().then(() => createUserTokens(authorization, { maxUsers }))
      expect(isConfigurationError(await rejection(attempt))).toBe(true)
    }
  })

  test('disposed, end every manager', async () => {
    const bench = createBench()
    const users = bench.users()
    const manager = users.for('a')
    await users.dispose()
    expect(await rejection(manager.getAccessToken())).toMatchObject({ name: 'DisposedError' })
  })

  test('of one user never see the sign-in of another', async () => {
    const bench = createBench()
    const users = bench.users()
    await users.for('a').signIn(passwordGrant(user))
    for (const id of ['A', 'a ', 'a/b', '%61', 'application']) {
      expect(isReauthorizationRequiredError(await rejection(users.for(id).getAccessToken()))).toBe(true)
    }
  })

  test('a manager that is forgotten leaves its place, and its tokens where they are', async () => {
    const bench = createBench()
    const users = bench.users()
    const manager = users.for('anna')
    await manager.signIn(passwordGrant(user))
    const { revision } = manager
    users.forget('anna')
    users.forget('nobody')
    expect(users.for('anna')).not.toBe(manager)
    expect(await users.for('anna').getAccessToken()).toBe('access-1')
    expect(manager.revision).toBe(revision)
    await manager.signIn(passwordGrant(user))
    expect(manager.revision).toBeGreaterThan(revision)
  })
})
