import { describe, expect, test } from 'vitest'
import { memoryStore } from './index.ts'
import { isConfigurationError, isOriginNotAllowedError, isReauthorizationRequiredError } from './source.ts'
import { toSource } from './source.ts'
import type { AccessTokenSource, GetAccessTokenOptions } from './source.ts'

const baseUrl = 'https://api.example.test/v1/'
const get = { url: 'things', method: 'GET' }
const refusal = { status: 401, headers: new Headers() }

/** A function that gives `tokens` in turn, the last one again and again, and remembers what it was asked. */
function createPlain(...tokens: (string | null | undefined)[]) {
  const asked: GetAccessTokenOptions[] = []
  const getAccessToken = async (options: GetAccessTokenOptions = {}): Promise<string | null | undefined> => {
    asked.push(options)
    return tokens.length > 1 ? tokens.shift() : tokens[0]
  }
  return { asked, getAccessToken }
}

describe('toSource', () => {
  test('returns a source as it is', () => {
    const source = { authorize: () => undefined } as unknown as AccessTokenSource
    expect(toSource(source)).toBe(source)
    expect(toSource(source, { baseUrl })).toBe(source)
  })

  test.each<[string, unknown, object]>([
    ['a function that nobody told where its tokens may go', async () => 'fake-access', {}],
    ['a base that is no URL', async () => 'fake-access', { baseUrl: '/api' }],
    ['plain http', async () => 'fake-access', { origins: ['http://api.example.test'] }],
    ['a URL with a password', async () => 'fake-access', { baseUrl: 'https://zoe:fake@api.example.test/' }],
    ['origins beside a source', { authorize: () => undefined }, { origins: ['https://api.example.test'] }],
    ['something else', memoryStore(), { baseUrl }],
    ['nothing', undefined, { baseUrl }],
  ])('C87 refuses %s', (_, given, options) => {
    let thrown: unknown
    try {
      toSource(given as AccessTokenSource, options)
    } catch (error) {
      thrown = error
    }
    expect(isConfigurationError(thrown)).toBe(true)
    expect(String(thrown)).not.toContain('zoe')
  })

  test('allows plain http where that is said aloud, and on loopback', () => {
    const plain = async (): Promise<string> => 'fake-access'
    expect(() => toSource(plain, { baseUrl: 'http://api.test/', allowInsecureHttp: true })).not.toThrow()
    expect(() => toSource(plain, { origins: ['http://127.0.0.1:8080'] })).not.toThrow()
  })
})

describe('a source made of a plain function', () => {
  test('C32 puts the token into the header, below the base', async () => {
    const attempt = await toSource(createPlain('fake-1').getAccessToken, { baseUrl }).authorize(get)
    expect([attempt.url, attempt.headers.get('authorization')]).toEqual([`${baseUrl}things`, 'Bearer fake-1'])
  })

  test('C38 C39 asks for no token for another origin', async () => {
    const { asked, getAccessToken } = createPlain('fake-1')
    const source = toSource(getAccessToken, { baseUrl, origins: ['https://files.example.test'] })
    for (const url of ['https://evil.test/', '//evil.test/', 'http://api.example.test/', '../other']) {
      const refused = await source.authorize({ url, method: 'GET' }).catch((error: unknown) => error)
      expect(isOriginNotAllowedError(refused)).toBe(true)
    }
    expect(asked).toEqual([])
    await source.authorize({ url: 'https://files.example.test/a', method: 'GET' })
    expect(asked).toHaveLength(1)
  })

  test('F14 asks the function for each call: it may answer for another user', async () => {
    let calls = 0
    const source = toSource(async () => `fake-${++calls}`, { baseUrl })
    const tokens = await Promise.all([1, 2, 3].map(() => source.getAccessToken()))
    expect(new Set(tokens).size).toBe(3)
  })

  test('C33 asks again after a 401, and forces only if the refused token comes back', async () => {
    const { asked, getAccessToken } = createPlain('fake-1', 'fake-1', 'fake-2')
    const source = toSource(getAccessToken, { baseUrl })
    const first = await source.authorize(get)
    expect(source.settle(first, refusal)).toBe('replay')
    const second = await source.authorize(get, { replayOf: first })
    expect(second.headers.get('authorization')).toBe('Bearer fake-2')
    expect(asked.map(({ forceRefresh }) => forceRefresh ?? false)).toEqual([false, false, true])
    expect(source.settle(second, refusal)).toBe('done')
  })

  test('C34 forces nothing if the function has a newer token already', async () => {
    const { asked, getAccessToken } = createPlain('fake-1', 'fake-2')
    const source = toSource(getAccessToken, { baseUrl })
    const first = await source.authorize(get)
    source.settle(first, refusal)
    const second = await source.authorize(get, { replayOf: first })
    expect(second.headers.get('authorization')).toBe('Bearer fake-2')
    expect(asked.some(({ forceRefresh }) => forceRefresh)).toBe(false)
  })

  test('C33 forces nothing for an attempt that is repeated for another reason, and answers its refusal', async () => {
    const { asked, getAccessToken } = createPlain('fake-1')
    const source = toSource(getAccessToken, { baseUrl })
    const again = await source.authorize(get, { replayOf: await source.authorize(get) })
    expect(asked.some(({ forceRefresh }) => forceRefresh)).toBe(false)
    expect(source.settle(again, refusal)).toBe('replay')
  })

  test('takes a function that returns the token itself', async () => {
    const plain = (() => 'fake-1') as unknown as () => Promise<string>
    const { signal } = new AbortController()
    expect(await toSource(plain, { baseUrl }).getAccessToken({ signal })).toBe('fake-1')
  })

  test('C33 replays nothing with the very token that was refused', async () => {
    let sent = 0
    const send = async (): Promise<Response> => new Response('refused', { status: (sent++, 401) })
    const source = toSource(createPlain('fake-1').getAccessToken, { baseUrl, fetch: send })
    const response = await source.fetch('things')
    expect([response.status, await response.text(), sent]).toEqual([401, 'refused', 1])
  })

  test('C35 replays nothing after a 403, nor for what another source authorized', async () => {
    const source = toSource(createPlain('fake-1').getAccessToken, { baseUrl })
    const attempt = await source.authorize(get)
    expect(source.settle(attempt, { status: 403, headers: new Headers() })).toBe('done')
    expect(source.settle({ url: baseUrl, headers: new Headers() }, refusal)).toBe('done')
    expect(source.settle(attempt, 'rejected')).toBe('replay')
  })

  test.each([null, undefined, ''])(
    'tells that somebody must sign in if there is no token: %j',
    async none => {
      const source = toSource(createPlain(none).getAccessToken, { baseUrl })
      const error = await source.authorize(get).catch((thrown: unknown) => thrown)
      expect(isReauthorizationRequiredError(error)).toBe(true)
    },
  )

  test.each(['fake secret', 'fake\nsecret', 'fäke', 7])(
    'C21 C86 refuses a token that no header can carry, and does not show it: %j',
    async token => {
      const source = toSource(createPlain(token as string).getAccessToken, { baseUrl })
      const error = await source.authorize(get).catch((thrown: unknown) => thrown)
      expect(isConfigurationError(error)).toBe(true)
      expect(String(error)).not.toContain(String(token))
    },
  )

  test('C75 lets an aborted caller go at once', async () => {
    const abort = new AbortController()
    const source = toSource(() => new Promise(() => undefined), { baseUrl })
    const call = source.authorize(get, { signal: abort.signal })
    abort.abort(new Error('caller left'))
    await expect(call).rejects.toThrow('caller left')
    await expect(source.getAccessToken({ signal: abort.signal })).rejects.toThrow('caller left')
  })

  test('passes on what the function throws, and has no variants', async () => {
    const down = new Error('the identity provider is down')
    const source = toSource(() => Promise.reject(down), { baseUrl })
    await expect(source.fetch('things')).rejects.toBe(down)
    expect(() => source.variant({ scope: 'read' })).toThrow(/no variants/)
  })
})
