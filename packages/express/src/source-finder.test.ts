import { EventEmitter } from 'node:events'
import { createUserTokens, isConfigurationError, isDisposedError, passwordGrant } from '@evergrant/core'
import type { AccessTokenSource, TokenManager, UserTokens } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import type { Request, Response } from 'express'
import { expect, test, vi } from 'vitest'
import { sourceFinder } from './source-finder.ts'

const response = new EventEmitter() as unknown as Response
const requestOf = (user?: unknown): Request & { user: unknown } => ({ user }) as never
const subject = (request: Request): string => (request as Request & { user: string }).user

function createUsers(): { users: UserTokens; signIn: (userId: string, index: number) => Promise<void> } {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall })
  const { customerClient, customers } = emulator.travis.credentials
  const users = createUserTokens(travis.customers(customerClient), { clock, fetch: emulator.fetch })
  const signIn = (userId: string, index: number): Promise<void> =>
    users.for(userId).signIn(passwordGrant(customers[index] ?? customers[0]))
  return { users, signIn }
}

test.each([undefined, null, '', 0, 42, true, {}, [], ['anna'], Symbol('anna'), Promise.resolve('anna')])(
  'the subject %s gets nobody: every call rejects with 401 and no user is looked up',
  async user => {
    const { users } = createUsers()
    const find = vi.fn(users.for)
    const source = sourceFinder('travis', { users: { for: find }, subject })(requestOf(user), response)()
    const calls: (() => Promise<unknown>)[] = [
      () => source.getAccessToken(),
      () => (source as TokenManager).getTokenSet(),
      () => source.authorize({ url: 'https://a.example', method: 'GET' }),
      () => source.fetch('vehicles'),
      () => source.variant({ scope: 'openid' }).getAccessToken(),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'reauthorization_required',
        reason: 'never-signed-in',
      })
    }
    expect(find).not.toHaveBeenCalled()
  },
)

test('a subject that is a mistake is told to whoever develops, and not to the client', async () => {
  const { users } = createUsers()
  const source = sourceFinder('travis', { users, subject })(requestOf(Promise.resolve('x')), response)()
  const error: unknown = await source.getAccessToken().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ message: 'Nobody is signed in. Sign in first.' })
  const { cause } = error as { cause: unknown }
  expect(isConfigurationError(cause) && cause.message).toContain('it was: a promise')
  const absent = sourceFinder('travis', { users, subject })(requestOf(), response)()
  await expect(absent.getAccessToken()).rejects.not.toHaveProperty('cause')
})

test('other members of a source without a subject throw the same, and probing for them does not', async () => {
  const { users } = createUsers()
  const source = sourceFinder('travis', { users, subject })(requestOf(), response)() as TokenManager
  expect(() => source.explain).toThrow('Nobody is signed in.')
  expect(source.settle({ url: 'https://a.example', headers: new Headers() }, 'rejected')).toBe('done')
  expect(await Promise.resolve(source)).toBe(source)
  expect(JSON.stringify(source)).toBe('{}')
})

test('F14 each request reaches its own user, and a request without one never the user before it', async () => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  await signIn('bert', 1)
  const find = sourceFinder('travis', { users, subject })
  const [anna, bert] = [find(requestOf('anna'), response), find(requestOf('bert'), response)]
  const tokens = [await anna().getAccessToken(), await bert().getAccessToken()]
  expect(tokens).toEqual([await users.for('anna').getAccessToken(), await users.for('bert').getAccessToken()])
  expect(tokens[0]).not.toBe(tokens[1])
  await expect(find(requestOf(), response)().getAccessToken()).rejects.toThrow('Nobody is signed in')
  expect(anna()).toBe(anna())
})

test('who signs in or out in the middle of a request counts from then on', async () => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  await signIn('bert', 1)
  const request = requestOf()
  const read = sourceFinder('travis', { users, subject })(request, response)
  await expect(read().getAccessToken()).rejects.toThrow('Nobody is signed in')
  request.user = 'anna'
  expect(await read().getAccessToken()).toBe(await users.for('anna').getAccessToken())
  request.user = 'bert'
  expect(await read().getAccessToken()).toBe(await users.for('bert').getAccessToken())
  request.user = undefined
  await expect(read().getAccessToken()).rejects.toThrow('Nobody is signed in')
})

test('what subject or users throw rejects the calls, and reading the name throws nothing', async () => {
  const { users } = createUsers()
  const failure = new Error('no session')
  const throwing = (): never => {
    throw failure
  }
  await expect(
    sourceFinder('travis', { users, subject: throwing })(requestOf(), response)().getAccessToken(),
  ).rejects.toBe(failure)
  await users.dispose()
  const read = sourceFinder('travis', { users, subject })(requestOf('anna'), response)
  await expect(read().getAccessToken()).rejects.toSatisfy(isDisposedError)
})

test('a function runs once for each request', () => {
  const { users } = createUsers()
  const find = vi.fn((): AccessTokenSource => users.for('anna'))
  const finder = sourceFinder('customer', find)
  const read = finder(requestOf(), response)
  expect(find).not.toHaveBeenCalled()
  expect(read()).toBe(read())
  expect(find).toHaveBeenCalledOnce()
  finder(requestOf(), response)()
  expect(find).toHaveBeenCalledTimes(2)
})

const { users } = createUsers()

test.each<[string, unknown]>([
  ['user tokens without a subject', users],
  ['no subject', { users }],
  ['a subject that is no function', { users, subject: 'anna' }],
  ['sessions beside users', { users, sessions: { for: () => ({}), forReading: () => ({}) } }],
])('%s: it must be said whose tokens a request uses', (_what, given) => {
  expect(() => sourceFinder('travis', given)).toThrow(/must say whose tokens a request uses/)
})

test.each([undefined, null, 1, 'text', {}, [], { sessions: {} }, { users: {}, subject }, { subject }])(
  '%j is refused',
  given => {
    expect(() => sourceFinder('travis', given)).toThrow('"travis" must be an AccessTokenSource')
  },
)
