import type { AccessTokenSource, AuthorizedRequest } from '@evergrant/core/source'
import { AxiosError, AxiosHeaders, create, isAxiosError, isCancel } from 'axios'
import type { AxiosAdapter, AxiosRequestConfig, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { attachAccessToken } from './index.ts'

const { CancelToken } = (await import('axios')).default
const baseURL = 'https://api.example.test/v1/'

/** A source whose tokens count up, as the API of an axios adapter that answers `statuses` in turn, then 200. */
function createBench(statuses: number[] = [], config: AxiosRequestConfig = {}) {
  const sent: InternalAxiosRequestConfig[] = []
  const asked: { url: string; method: string }[] = []
  const settled: number[] = []
  const source = {
    async authorize(
      { url, method }: { url: string | URL; method: string },
      { signal }: { signal?: AbortSignal } = {},
    ) {
      signal?.throwIfAborted()
      asked.push({ url: String(url), method })
      const headers = new Headers({ authorization: `Bearer fake-access-${asked.length}` })
      return { url: new URL(url, baseURL).href, headers }
    },
    settle: (_: AuthorizedRequest, result: { status: number }) => {
      settled.push(result.status)
      return result.status === 401 ? 'replay' : 'done'
    },
  }
  const adapter: AxiosAdapter = async received => {
    sent.push(received)
    const status = statuses.shift() ?? 200
    const request = { _header: String(received.headers) }
    const response: AxiosResponse = {
      status,
      statusText: '',
      data: '{"answer":"fine"}',
      headers: new AxiosHeaders({ 'set-cookie': ['a=1', 'b=2'] }),
      config: received,
      request,
    }
    if (received.validateStatus?.(status) ?? true) return response
    throw new AxiosError('refused', String(status), received, request, response)
  }
  const api = create({ baseURL, adapter, ...config })
  const tokens = source as unknown as AccessTokenSource
  return { api, sent, asked, settled, tokens, detach: attachAccessToken(api, tokens) }
}

describe('attachAccessToken', () => {
  test('C32 asks for the URL that axios makes of base, path and params, and sends there', async () => {
    const { api, sent, asked } = createBench()
    await api.get('/things', { params: { a: 'b c', list: [1, 2] } })
    expect(asked).toEqual([{ url: `${baseURL}things?a=b+c&list%5B%5D=1&list%5B%5D=2`, method: 'GET' }])
    expect([sent[0]?.url, sent[0]?.baseURL, sent[0]?.params]).toEqual([asked[0]?.url, undefined, undefined])
    expect(String(sent[0]?.headers['authorization'])).toBe('Bearer fake-access-1')
  })

  test('obeys the URL and the headers that the source answers: a proxy in place of the API', async () => {
    const { api, sent } = createBench()
    const headers = new Headers({ 'x-evergrant': '1' })
    const proxy = { url: 'https://page.example.test/api/things', headers }
    const source = { authorize: async () => proxy, settle: () => 'done' } as unknown as AccessTokenSource
    const page = create({
      baseURL,
      adapter: api.defaults.adapter!,
      auth: { username: 'zoe', password: 'fake' },
    })
    attachAccessToken(page, source)
    await page.get('things')
    expect([sent[0]?.url, sent[0]?.headers['x-evergrant'], sent[0]?.auth?.username]).toEqual([
      proxy.url,
      '1',
      'zoe',
    ])
  })

  test('C33 sends what validateStatus makes an error of once more, and returns the answer', async () => {
    const { api, sent, settled } = createBench([401])
    expect((await api.get('things')).data).toEqual({ answer: 'fine' })
    expect(sent.map(({ headers }) => String(headers['authorization']))).toEqual([
      'Bearer fake-access-1',
      'Bearer fake-access-2',
    ])
    expect(settled).toEqual([401, 200])
  })

  test('C33 sends a 401 that validateStatus accepts once more, too', async () => {
    const { api, sent } = createBench([401], { validateStatus: () => true })
    expect((await api.get('things')).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  test('C33 rejects with the second refusal as axios does', async () => {
    const { api, sent } = createBench([401, 401, 401])
    const error = await api.get('things').catch((thrown: unknown) => thrown)
    expect(isAxiosError(error) && error.response?.status).toBe(401)
    expect(sent).toHaveLength(2)
  })

  test('C37 transforms a body once, and runs no interceptor again', async () => {
    const transform = vi.fn((data: unknown) => JSON.stringify(data))
    const { api, sent } = createBench([401], { transformRequest: transform })
    const interceptor = vi.fn((config: InternalAxiosRequestConfig) => config)
    api.interceptors.request.use(interceptor)
    await api.post('things', { quoted: '"' })
    expect(sent.map(({ data }) => data as string)).toEqual(['{"quoted":"\\""}', '{"quoted":"\\""}'])
    expect([transform.mock.calls.length, interceptor.mock.calls.length]).toEqual([1, 1])
  })

  test('gives each attempt headers of its own: an adapter writes into them', async () => {
    const { api, sent } = createBench([401])
    await api.get('things', { headers: { 'x-own': '1' } })
    expect(sent[0]?.headers).not.toBe(sent[1]?.headers)
    expect(sent.map(({ headers }) => headers['x-own'] as string)).toEqual(['1', '1'])
  })

  test("replaces the caller's own Authorization, and auth", async () => {
    const { api, sent } = createBench()
    await api.get('a', { headers: { AUTHORIZATION: 'Basic fake' } })
    await api.get('b', { auth: { username: 'zoe', password: 'fake-password' } })
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer fake-access-1',
      'Bearer fake-access-2',
    ])
    expect(sent[1]?.auth).toBeUndefined()
  })

  test('C86 shows no token in what people log: errors, answers, their JSON', async () => {
    const { api } = createBench([403])
    const error: unknown = await api.get('things').catch((thrown: unknown) => thrown)
    const answer = await api.get('things')
    for (const logged of [error, (error as AxiosError).toJSON(), (error as AxiosError).response, answer]) {
      expect(inspect(logged, { depth: 9 })).not.toContain('fake-access')
    }
    expect(JSON.stringify((error as AxiosError).config)).not.toContain('fake-access')
    // Whoever asks for it still gets it.
    expect(inspect(answer.request)).toContain('fake-access')
  })

  test('C86 shows no token in what a stream fails with later, and listens to no error itself', async () => {
    const data = new PassThrough()
    const bench = createBench()
    const inner = bench.api.defaults.adapter as AxiosAdapter
    const adapter: AxiosAdapter = async config => ({ ...(await inner(config)), data })
    const api = create({ baseURL, adapter })
    attachAccessToken(api, bench.tokens)
    await api.get('things')
    expect(data.listenerCount('error')).toBe(0)
    const failed = once(data, 'error')
    data.destroy(new AxiosError('canceled', 'ERR_CANCELED', bench.sent[0], {}))
    const [error] = (await failed) as [AxiosError]
    expect(bench.sent[0]?.headers.get('authorization')).toBe('Bearer fake-access-1')
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('fake-access')
  })

  test('leaves nothing at a cancel token that serves many requests', async () => {
    const { api } = createBench([200, 401])
    const { token } = CancelToken.source()
    const left = vi.spyOn(token, 'unsubscribe')
    const joined = vi.spyOn(token, 'subscribe')
    await api.get('a', { cancelToken: token })
    await api.get('b', { cancelToken: token })
    expect(joined).toHaveBeenCalledTimes(2)
    expect(left.mock.calls).toEqual(joined.mock.calls)
  })

  test('lets the config of an error be sent again, as retries do', async () => {
    const { api, sent } = createBench([503])
    const error = (await api.get('things').catch((thrown: unknown) => thrown)) as AxiosError
    expect((await api.request(error.config!)).status).toBe(200)
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer fake-access-1',
      'Bearer fake-access-2',
    ])
  })

  test('gives a stream back that was refused and is not read', async () => {
    const destroy = vi.fn()
    const bench = createBench([401])
    const inner = bench.api.defaults.adapter as AxiosAdapter
    const api = create({
      baseURL,
      validateStatus: null,
      adapter: async config => ({ ...(await inner(config)), data: { destroy } }),
    })
    attachAccessToken(api, bench.tokens)
    await api.get('things')
    expect(destroy).toHaveBeenCalledTimes(1)
  })

  test('C75 rejects as axios does for a signal and for a cancel token', async () => {
    const { api, sent } = createBench()
    const byAbort = await api.get('a', { signal: AbortSignal.abort() }).catch((thrown: unknown) => thrown)
    let cancel = (): void => undefined
    const hanging = {
      authorize: (_: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('left')))),
    }
    const other = create({ baseURL })
    attachAccessToken(other, hanging as unknown as AccessTokenSource)
    const waiting = other.get('b', { cancelToken: new CancelToken(canceler => (cancel = canceler)) })
    await Promise.resolve()
    setTimeout(() => cancel(), 0)
    const byToken = await waiting.catch((thrown: unknown) => thrown)
    expect([isCancel(byAbort), isCancel(byToken), sent.length]).toEqual([true, true, 0])
  })

  test('leaves requests alone that runWhen does not want, and all of them when it is taken off', async () => {
    const { api, sent, asked, tokens, detach } = createBench()
    detach()
    await api.get('a')
    const detachAgain = attachAccessToken(api, tokens, { runWhen: ({ url }) => !url?.startsWith('public/') })
    await api.get('public/b')
    await api.get('c')
    detachAgain()
    expect(sent.map(({ headers }) => headers.has('authorization'))).toEqual([false, false, true])
    expect(asked).toHaveLength(1)
  })

  test('takes a plain function, whose tokens go to the base of the instance', async () => {
    const { api, sent, detach } = createBench()
    detach()
    attachAccessToken(api, async () => 'fake-plain')
    await api.get('things')
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer fake-plain')
    await expect(api.get('https://evil.test/')).rejects.toThrow(/Nothing was sent/)
    await expect(api.get('//evil.test/')).rejects.toThrow(/Nothing was sent/)
    expect(sent).toHaveLength(1)
  })

  test('C33 sends nothing again with the very token that was refused', async () => {
    const { api, sent, detach } = createBench([401, 401])
    detach()
    attachAccessToken(api, async () => 'fake-plain')
    await expect(api.get('things')).rejects.toMatchObject({ response: { status: 401 } })
    expect(sent).toHaveLength(1)
  })

  test('C87 refuses a plain function that may send its tokens nowhere, or a base that is a path', () => {
    expect(() => attachAccessToken(create(), async () => 'fake')).toThrow(/baseUrl/)
    expect(() => attachAccessToken(create({ baseURL: '/api' }), async () => 'fake')).toThrow(/absolute/)
  })

  test('resolves a base that is a path of the page against the page', async () => {
    const { api, asked } = createBench([], { baseURL: '/api/things/' })
    vi.stubGlobal('location', { href: 'https://page.example.test/deep/path?x=1' })
    await api.get('1')
    vi.unstubAllGlobals()
    expect(asked[0]?.url).toBe('https://page.example.test/api/things/1')
  })
})
