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

test('an unknown name throws a ConfigurationError that lists the known ones', () => {
  const { tokens } = requestAfter(untyped({ truphone: first, travis: second }))
  const read = (): unknown => tokens['trufone']
  expect(read).toThrow('req.tokens has no "trufone": Known: truphone, travis.')
  expect(read).toThrow(expect.toSatisfy(isConfigurationError) as Error)
})

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

test('what is no source is refused when the middleware is made', () => {
  expect(() => untyped({ truphone: undefined })).toThrow('"truphone" must be an AccessTokenSource')
  expect(() => untyped({ toString: first })).toThrow('accessTokens got a reserved name')
})
