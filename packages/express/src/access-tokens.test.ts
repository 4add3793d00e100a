import { EventEmitter } from 'node:events'
import { format, inspect } from 'node:util'
import { createTokenManager, isConfigurationError } from '@evergrant/core'
import type { AccessTokenSource } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import type { Request, RequestHandler, Response } from 'express'
import { expect, test, vi } from 'vitest'
import { accessTokens } from './access-tokens.ts'

type AnyTokens = Readonly<Record<string, AccessTokenSource>>

/** A request after `handlers`, with whatever names it holds. */
function requestAfter(...handlers: RequestHandler[]): { readonly tokens: AnyTokens; readonly url: string } {
  const request = { url: '/' } as unknown as Request
  for (const handler of handlers) {
    const next = vi.fn()
    void handler(request, new EventEmitter() as unknown as Response, next)
    expect(next).toHaveBeenCalledExactlyOnceWith()
  }
  return request
}

/** Names that are not registered, as somebody without types would write them. */
const untyped = (sources: Record<string, unknown>): RequestHandler => accessTokens(sources)

function fakeSource(accessToken: string): AccessTokenSource {
  return { getAccessToken: async () => accessToken, authorize: vi.fn() } as unknown as AccessTokenSource
}

/** Which source it is: a request has its own object in front of each. */
const tokenOf = async (source: AccessTokenSource | undefined): Promise<string | undefined> =>
  source?.getAccessToken()

const first = fakeSource('fake-access-token-1')
const second = fakeSource('fake-access-token-2')

test('a request reads a source by its name', async () => {
  const { tokens } = requestAfter(untyped({ truphone: first, travis: second }))
  expect(await tokenOf(tokens['truphone'])).toBe('fake-access-token-1')
  expect(await tokenOf(tokens['travis'])).toBe('fake-access-token-2')
  expect(tokens['truphone']).toBe(tokens['truphone'])
})

test('nothing is fetched before somebody asks, and one token serves all requests', async () => {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall })
  const { clientId, clientSecret } = emulator.truphone.credentials
  const manager = createTokenManager(truphone({ clientId, clientSecret }), {
    clock,
    fetch: emulator.fetch,
  })
  const middleware = untyped({ truphone: manager, customer: () => manager })
  const { tokens } = requestAfter(middleware)
  void tokens['truphone']
  void tokens['customer']
  expect(emulator.journal.count()).toBe(0)
  for (const request of [{ tokens }, requestAfter(middleware)]) {
    expect((await request.tokens['truphone']?.fetch('sims?per_page=1'))?.status).toBe(200)
  }
  expect(emulator.journal.count({ kind: 'token' })).toBe(1)
  await manager.dispose()
})

test('a function runs when its name is first read, once for each request', async () => {
  const find = vi.fn((request: Request) => (request.url === '/' ? first : second))
  const middleware = untyped({ customer: find })
  const request = requestAfter(middleware)
  expect(find).not.toHaveBeenCalled()
  expect(await tokenOf(request.tokens['customer'])).toBe('fake-access-token-1')
  expect(request.tokens['customer']).toBe(request.tokens['customer'])
  expect(find).toHaveBeenCalledExactlyOnceWith(request)
  expect(await tokenOf(requestAfter(middleware).tokens['customer'])).toBe('fake-access-token-1')
  expect(find).toHaveBeenCalledTimes(2)
})

test('a function that throws is asked again', async () => {
  const find = vi.fn<() => AccessTokenSource>().mockReturnValue(first)
  find.mockImplementationOnce(() => {
    throw new Error('no user')
  })
  const { tokens } = requestAfter(untyped({ customer: find }))
  expect(() => tokens['customer']).toThrow('no user')
  expect(await tokenOf(tokens['customer'])).toBe('fake-access-token-1')
})

test('a function that returns no source is told what to return', () => {
  const { tokens } = requestAfter(untyped({ customer: async () => first, user: () => undefined }))
  expect(() => tokens['customer']).toThrow(/req\.tokens\.customer found no source: .* not a promise/)
  expect(() => tokens['user']).toThrow(/req\.tokens\.user found no source/)
})

test('an unknown name throws a ConfigurationError that lists the known ones', () => {
  const { tokens } = requestAfter(untyped({ truphone: first, travis: second }))
  const read = (): unknown => tokens['trufone']
  expect(read).toThrow('req.tokens has no "trufone": Known: truphone, travis.')
  expect(read).toThrow(expect.toSatisfy(isConfigurationError) as Error)
})

test.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
  'the name %s of every other object is unknown, too',
  name => {
    const { tokens } = requestAfter(untyped({ truphone: first }))
    expect(() => tokens[name]).toThrow(`req.tokens has no "${name}": Known: truphone.`)
    expect(name in tokens).toBe(false)
  },
)

test('two middlewares compose: names merge, and the later one counts', async () => {
  const find = vi.fn(() => second)
  const { tokens } = requestAfter(
    untyped({ truphone: first, travis: first, customer: find }),
    untyped({ travis: second, iris: first }),
  )
  expect(Object.keys(tokens)).toEqual(['truphone', 'travis', 'customer', 'iris'])
  expect(find).not.toHaveBeenCalled()
  const used = await Promise.all(
    ['truphone', 'travis', 'customer', 'iris'].map(name => tokenOf(tokens[name])),
  )
  expect(used.map(token => token?.at(-1))).toEqual(['1', '2', '2', '1'])
  expect(() => tokens['trufone']).toThrow('Known: truphone, travis, customer, iris.')
})

test('in and Object.keys tell the names without asking for a source', () => {
  const find = vi.fn(() => first)
  const { tokens } = requestAfter(untyped({ customer: find }))
  expect('customer' in tokens).toBe(true)
  expect('trufone' in tokens).toBe(false)
  expect(Object.keys(tokens)).toEqual(['customer'])
  expect(find).not.toHaveBeenCalled()
})

test('a request can be logged, awaited and serialised: it shows names and no secret', async () => {
  const find = vi.fn(() => first)
  const secretive = { ...fakeSource('fake-access-token'), secret: 'fake-client-secret' }
  const request = requestAfter(untyped({ truphone: secretive, customer: find }))
  const untypedTokens: unknown = request.tokens
  const printed = [
    inspect(request, { depth: 9 }),
    inspect(request.tokens, { showHidden: true }),
    JSON.stringify(request),
    format('%s', request.tokens),
    String(untypedTokens),
  ]
  expect(printed.join(' ')).not.toContain('fake-')
  expect(printed[0]).toContain("truphone: '[access token source]'")
  expect(printed[2]).toContain('"customer":"[access token source]"')
  expect(printed.at(-1)).toBe('[req.tokens: truphone, customer]')
  expect(await Promise.resolve(request.tokens)).toBe(request.tokens)
  expect(find).not.toHaveBeenCalled()
})

test('req.tokens cannot be changed', () => {
  const { tokens } = requestAfter(untyped({ truphone: first }))
  expect(() => Object.assign(tokens, { truphone: second })).toThrow(TypeError)
  expect(() => Object.assign(tokens, { travis: second })).toThrow(TypeError)
})

test('what is no source is refused when the middleware is made', () => {
  const secret = 'fake-client-secret'
  expect(() => untyped({ truphone: undefined })).toThrow('"truphone" must be an AccessTokenSource')
  expect(() => untyped({ truphone: secret })).toThrow('"truphone" must be an AccessTokenSource')
  expect(() => untyped({ truphone: secret })).not.toThrow(secret)
  expect(() => untyped({ truphone: Promise.resolve(first) })).toThrow(
    '"truphone" must be an AccessTokenSource',
  )
})

test.each(['then', 'toJSON', 'constructor', 'toString'])('the name %s is reserved', name => {
  expect(() => untyped({ [name]: first })).toThrow(`Call "${name}" something else.`)
})
