import { createUserTokens, isConfigurationError, isDisposedError, passwordGrant } from '@evergrant/core'
import type { AccessTokenSource, TokenManager, UserTokens } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { expect, test, vi } from 'vitest'
import { sourceFinder } from './source-finder.ts'
import type { ServedRequest, SourceFinder } from './source-finder.ts'

/** What a framework calls a request; the application says who it is of. */
interface FakeRequest {
  user?: unknown
}

const subject = ({ user }: FakeRequest): string => user as string

const served = (request: FakeRequest, sessionOf = vi.fn()): ServedRequest<FakeRequest> => {
  const { signal } = new AbortController()
  return { request, signal: () => signal, sessionOf }
}
const servedTo = (user?: unknown): ServedRequest<FakeRequest> => served({ user })

const finderOf = (name: string, given: unknown): SourceFinder<FakeRequest> =>
  sourceFinder({ name, label: 'c.var.tokens' }, given)

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
    const source = finderOf('travis', { users: { for: find }, subject })(servedTo(user))()
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
  const source = finderOf('travis', { users, subject })(servedTo(Promise.resolve('x')))()
  const error: unknown = await source.getAccessToken().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ message: 'Nobody is signed in. Sign in first.' })
  const { cause } = error as { cause: unknown }
  expect(isConfigurationError(cause) && cause.message).toContain('it was: a promise')
  const absent = finderOf('travis', { users, subject })(servedTo())()
  await expect(absent.getAccessToken()).rejects.not.toHaveProperty('cause')
})

test('other members of a source without a subject throw the same, and probing for them does not', async () => {
  const { users } = createUsers()
  const source = finderOf('travis', { users, subject })(servedTo())() as TokenManager
  expect(() => source.explain).toThrow('Nobody is signed in.')
  expect(source.settle({ url: 'https://a.example', headers: new Headers() }, 'rejected')).toBe('done')
  expect(await Promise.resolve(source)).toBe(source)
  expect(JSON.stringify(source)).toBe('{}')
})

test('F14 each request reaches its own user, and a request without one never the user before it', async () => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  await signIn('bert', 1)
  const find = finderOf('travis', { users, subject })
  const [anna, bert] = [find(servedTo('anna')), find(servedTo('bert'))]
  const tokens = [await anna().getAccessToken(), await bert().getAccessToken()]
  expect(tokens).toEqual([await users.for('anna').getAccessToken(), await users.for('bert').getAccessToken()])
  expect(tokens[0]).not.toBe(tokens[1])
  await expect(find(servedTo())().getAccessToken()).rejects.toThrow('Nobody is signed in')
  expect(anna()).toBe(anna())
})

test('who signs in or out in the middle of a request counts from then on', async () => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  await signIn('bert', 1)
  const request: FakeRequest = {}
  const read = finderOf('travis', { users, subject })(served(request))
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
  await expect(finderOf('travis', { users, subject: throwing })(servedTo())().getAccessToken()).rejects.toBe(
    failure,
  )
  await users.dispose()
  const read = finderOf('travis', { users, subject })(servedTo('anna'))
  await expect(read().getAccessToken()).rejects.toSatisfy(isDisposedError)
})

test('a function runs once for each request', () => {
  const { users } = createUsers()
  const find = vi.fn((): AccessTokenSource => users.for('anna'))
  const finder = finderOf('customer', find)
  const read = finder(servedTo())
  expect(find).not.toHaveBeenCalled()
  expect(read()).toBe(read())
  expect(find).toHaveBeenCalledOnce()
  finder(servedTo())()
  expect(find).toHaveBeenCalledTimes(2)
})

test('sessions are asked for that of the request, once, however they are given', async () => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  const sessions = { for: vi.fn(), forReading: vi.fn() }
  for (const given of [sessions, { sessions }]) {
    const sessionOf = vi.fn(() => users.for('anna'))
    const read = finderOf('session', given)(served({}, sessionOf))
    expect(sessionOf).not.toHaveBeenCalled()
    expect(read()).toBe(read())
    expect(sessionOf).toHaveBeenCalledExactlyOnceWith(sessions)
    expect(await read().getAccessToken()).toBe(await users.for('anna').getAccessToken())
  }
})

const whoLeft: [string, (users: UserTokens) => unknown][] = [
  ['a source', users => users.for('anna')],
  ['a function', users => () => users.for('anna')],
  ['user tokens', users => ({ users, subject: () => 'anna' })],
  ['sessions', () => ({ for: () => undefined, forReading: () => undefined })],
]

test.each(whoLeft)('calls of %s end when the client leaves', async (_what, give) => {
  const { users, signIn } = createUsers()
  await signIn('anna', 0)
  const signal = AbortSignal.abort(new Error('the client left'))
  const sessionOf = (): AccessTokenSource => users.for('anna')
  const read = finderOf('customer', give(users))({ request: {}, signal: () => signal, sessionOf })
  await expect(read().getAccessToken()).rejects.toThrow('the client left')
})

const { users } = createUsers()

test.each<[string, unknown]>([
  ['user tokens without a subject', users],
  ['no subject', { users }],
  ['a subject that is no function', { users, subject: 'anna' }],
  ['sessions beside users', { users, sessions: { for: () => ({}), forReading: () => ({}) } }],
])('%s: it must be said whose tokens a request uses', (_what, given) => {
  expect(() => finderOf('travis', given)).toThrow(/must say whose tokens a request uses/)
})

test.each([undefined, null, 1, 'text', {}, [], { sessions: {} }, { users: {}, subject }, { subject }])(
  '%j is refused',
  given => {
    expect(() => finderOf('travis', given)).toThrow('"travis" must be an AccessTokenSource')
  },
)
