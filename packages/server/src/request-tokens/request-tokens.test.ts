import { format, inspect } from 'node:util'
import { isConfigurationError } from '@evergrant/core'
import type { AccessTokenSource } from '@evergrant/core'
import { expect, test, vi } from 'vitest'
import { createRequestTokens } from './request-tokens.ts'
import type { NamedTokens } from './named-tokens.ts'

type Sources = Readonly<Record<string, unknown>>

const make = (sources: Sources): ReturnType<typeof createRequestTokens<object>> =>
  createRequestTokens<object>(sources as never, 'request.tokens')

/** The tokens of a request after each of `given` in turn. */
function tokensAfter(...given: Sources[]): NamedTokens {
  const { signal } = new AbortController()
  const served = { request: {}, signal: () => signal, sessionOf: vi.fn() }
  return given
    .map(make)
    .reduce<NamedTokens | undefined>((earlier, tokensOf) => tokensOf(served, earlier), undefined)!
}

function fakeSource(accessToken: string): AccessTokenSource {
  return { getAccessToken: async () => accessToken, authorize: vi.fn() } as unknown as AccessTokenSource
}

/** Which source it is: a request has its own object in front of each. */
const tokenOf = async (source: AccessTokenSource | undefined): Promise<string | undefined> =>
  source?.getAccessToken()

const first = fakeSource('fake-access-token-1')
const second = fakeSource('fake-access-token-2')

test('a function that throws is asked again', async () => {
  const find = vi.fn<() => AccessTokenSource>().mockReturnValue(first)
  find.mockImplementationOnce(() => {
    throw new Error('no user')
  })
  const tokens = tokensAfter({ customer: find })
  expect(() => tokens['customer']).toThrow('no user')
  expect(await tokenOf(tokens['customer'])).toBe('fake-access-token-1')
})

test('a function that returns no source is told what to return', () => {
  const tokens = tokensAfter({ customer: async () => first, user: () => undefined })
  expect(() => tokens['customer']).toThrow(/request\.tokens\.customer found no source: .* not a promise/)
  expect(() => tokens['user']).toThrow(/request\.tokens\.user found no source/)
})

test('an unknown name throws a ConfigurationError that lists the known ones', () => {
  const tokens = tokensAfter({ truphone: first, travis: second })
  const read = (): unknown => tokens['trufone']
  expect(read).toThrow('request.tokens has no "trufone": Known: truphone, travis.')
  expect(read).toThrow(expect.toSatisfy(isConfigurationError) as Error)
})

test.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
  'the name %s of every other object is unknown, too',
  name => {
    const tokens = tokensAfter({ truphone: first })
    expect(() => tokens[name]).toThrow(`request.tokens has no "${name}": Known: truphone.`)
    expect(name in tokens).toBe(false)
  },
)

test('names given twice compose: names merge, and the later one counts', async () => {
  const find = vi.fn(() => second)
  const tokens = tokensAfter(
    { truphone: first, travis: first, customer: find },
    { travis: second, iris: first },
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
  const tokens = tokensAfter({ customer: find })
  expect('customer' in tokens).toBe(true)
  expect('trufone' in tokens).toBe(false)
  expect(Object.keys(tokens)).toEqual(['customer'])
  expect(find).not.toHaveBeenCalled()
})

test('a request can be logged, awaited and serialised: it shows names and no secret', async () => {
  const find = vi.fn(() => first)
  const secretive = { ...fakeSource('fake-access-token'), secret: 'fake-client-secret' }
  const request = { tokens: tokensAfter({ truphone: secretive, customer: find }) }
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
  expect(printed.at(-1)).toBe('[request.tokens: truphone, customer]')
  expect(await Promise.resolve(request.tokens)).toBe(request.tokens)
  expect(find).not.toHaveBeenCalled()
})

test('request.tokens cannot be changed', () => {
  const tokens = tokensAfter({ truphone: first })
  expect(() => Object.assign(tokens, { truphone: second })).toThrow(TypeError)
  expect(() => Object.assign(tokens, { travis: second })).toThrow(TypeError)
})

test('what is no source is refused when it is given', () => {
  const secret = 'fake-client-secret'
  expect(() => make({ truphone: undefined })).toThrow('"truphone" must be an AccessTokenSource')
  expect(() => make({ truphone: secret })).toThrow('"truphone" must be an AccessTokenSource')
  expect(() => make({ truphone: secret })).not.toThrow(secret)
  expect(() => make({ truphone: Promise.resolve(first) })).toThrow('"truphone" must be an AccessTokenSource')
})

test.each(['then', 'toJSON', 'constructor', 'toString'])('the name %s is reserved', name => {
  expect(() => make({ [name]: first })).toThrow(`Call "${name}" something else.`)
})
