import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isConfigurationError } from '@evergrant/core'
import type { AccessTokenSource } from '@evergrant/core'
import type { ErrorRequestHandler, Express, Request } from 'express'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Page, serve, versions } from './express.test-support.ts'
import { apiProxy, tokenErrorHandler } from './index.ts'
import type { ApiProxyOptions } from './index.ts'

const upstreams: Server[] = []

afterEach(() => {
  for (const upstream of upstreams.splice(0)) {
    upstream.close()
    upstream.closeAllConnections()
  }
})

/** An API of the test's own. Resolves to its base URL. */
async function api(listener: RequestListener): Promise<string> {
  const upstream = createServer(listener)
  upstreams.push(upstream)
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1/`
}

const source: AccessTokenSource = {
  getAccessToken: async () => 'fake-access-token',
  authorize: async ({ url }) => ({
    url: String(url),
    headers: new Headers({ authorization: 'Bearer fake-access-token' }),
  }),
  settle: () => 'done',
  fetch: () => Promise.reject(new Error('The proxy sends by itself.')),
  variant: () => source,
}

const everything = { allow: ['GET **', 'POST **'], authorize: () => true } as const

/** Opens a request as a page does; its body is the test's to write, and its answer to read. */
function open(url: string, method: string): ReturnType<typeof send> {
  const headers = { 'x-evergrant': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }
  return send(url, { method, agent: false, headers }).on('error', () => {})
}

const answerTo = async (sent: ReturnType<typeof send>): Promise<IncomingMessage> =>
  ((await once(sent, 'response')) as [IncomingMessage])[0]

describe.each(versions)('%s', (_version, express) => {
  const application = (options: ApiProxyOptions & typeof everything): Express => {
    const app = express()
    app.use('/api/fleet', apiProxy(source, options))
    app.use(tokenErrorHandler())
    return app
  }

  test('what is below its path is asked of the API, with the token and without what the page sent', async () => {
    const seen: unknown[] = []
    const target = await api(({ url, headers }, answer) => {
      seen.push([url, headers.authorization, headers.cookie, headers['x-forwarded-host']])
      answer.end('[]')
    })
    const nested = express.Router()
    nested.use('/fleet', apiProxy(source, { target, ...everything }))
    const app = express()
    app.use('/:tenant/api', nested)
    const page = new Page((await serve(app)).url)
    const forged = { cookie: 'a=b', authorization: 'Bearer fake-forged', 'x-forwarded-host': 'evil.example' }
    expect((await page.send('GET', '/acme/api/fleet/vehicles/1?page=2', undefined, forged)).status).toBe(200)
    expect(seen).toEqual([['/v1/vehicles/1?page=2', 'Bearer fake-access-token', undefined, undefined]])
    expect((await page.send('GET', '/acme/api/fleet')).status).toBe(404)
  })

  test('bodies stream both ways: the API answers before the page has sent everything', async () => {
    const target = await api((incoming, answer) => void incoming.pipe(answer))
    const { url } = await serve(application({ target, ...everything, replayBufferBytes: 0 }))
    const sent = open(`${url}/api/fleet/echo`, 'POST')
    sent.write('first ')
    const answer = await answerTo(sent)
    const chunks: string[] = []
    answer.setEncoding('utf8').on('data', (chunk: string) => void chunks.push(chunk))
    await vi.waitFor(() => expect(chunks).toEqual(['first ']))
    sent.end('second')
    await once(answer, 'end')
    expect(chunks.join('')).toBe('first second')
  })

  test('a page that leaves ends the request to the API, before and while it answers', async () => {
    const closed = vi.fn()
    const reached = vi.fn()
    const target = await api((incoming, answer) => {
      reached()
      answer.once('close', closed)
      if (incoming.url === '/v1/endless') answer.write('x')
    })
    const { url } = await serve(application({ target, ...everything }))
    const waiting = open(`${url}/api/fleet/silent`, 'GET')
    waiting.end()
    await vi.waitFor(() => expect(reached).toHaveBeenCalledTimes(1))
    waiting.destroy()
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1))
    const reading = open(`${url}/api/fleet/endless`, 'GET')
    reading.end()
    const answer = await answerTo(reading)
    answer.on('error', () => {}).destroy()
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2))
  })

  test('a body that a parser has read is refused loudly, and nothing is sent; what has none passes', async () => {
    const reached = vi.fn()
    const target = await api((_incoming, answer) => {
      reached()
      answer.end('[]')
    })
    const onError = vi.fn()
    const app = express()
    app.use(express.json(), apiProxy(source, { target, ...everything }), tokenErrorHandler({ onError }))
    const page = new Page((await serve(app)).url)
    expect((await page.send('POST', '/commands', { a: 1 })).status).toBe(500)
    const [error] = onError.mock.calls[0] ?? []
    expect(isConfigurationError(error) && error.message).toMatch(/Mount apiProxy before express\.json\(\)/)
    expect(reached).not.toHaveBeenCalled()
    expect((await page.send('GET', '/vehicles')).status).toBe(200)
    expect((await page.send('POST', '/commands')).status).toBe(200)
    expect((await page.send('POST', '/commands', 'text', { 'content-type': 'text/plain' })).status).toBe(200)
  })

  test.each([
    ['without the header', { 'x-evergrant': undefined, 'sec-fetch-site': undefined }],
    ['of a foreign origin', { origin: 'https://evil.example' }],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['by a form', { 'content-type': 'text/plain', 'x-evergrant': undefined }],
  ])('C66 a request %s is refused, and nothing is sent', async (_what, headers) => {
    const reached = vi.fn()
    const target = await api(reached)
    const authorize = vi.fn(() => true)
    const page = new Page((await serve(application({ target, ...everything, authorize }))).url)
    expect((await page.send('POST', '/api/fleet/commands', 'a=b', headers)).status).toBe(403)
    expect(reached).not.toHaveBeenCalled()
    expect(authorize).not.toHaveBeenCalled()
  })

  test('C67 a target that is no path is answered 400 by the bridge', async () => {
    const target = await api((_incoming, answer) => void answer.end())
    const { url } = await serve(application({ target, ...everything }))
    const { hostname, port } = new URL(url)
    const headers = { 'x-evergrant': '1', 'sec-fetch-site': 'same-origin' }
    const sent = send({ hostname, port, path: '/api/fleet/../admin', headers, agent: false }).end()
    // Express' own routing already resolves nothing: the path is refused as it was sent.
    expect((await answerTo(sent)).statusCode).toBe(400)
  })

  test('authorize, onError and a function as source get the request of Express; what they throw goes on', async () => {
    const target = await api((_incoming, answer) => void answer.end('[]'))
    const failure = new Error('no database')
    const asked: string[] = []
    const note = (what: string, { baseUrl, path }: Request): void =>
      void asked.push(`${what} ${baseUrl} ${path}`)
    const failures = vi.fn()
    const app = express()
    const options: ApiProxyOptions = {
      target,
      allow: everything.allow,
      authorize: request => {
        note('authorize', request)
        if (request.path === '/broken') throw failure
        return true
      },
      onError: (error, request) => note(error === failure ? 'onError' : 'other', request),
    }
    const find = (request: Request): AccessTokenSource => {
      note('find', request)
      return source
    }
    app.use('/api', apiProxy(find, options))
    const onFailure: ErrorRequestHandler = (error, _request, response, _next) => {
      failures(error)
      response.sendStatus(418)
    }
    app.use(onFailure)
    const page = new Page((await serve(app)).url)
    expect((await page.send('GET', '/api/vehicles')).status).toBe(200)
    expect((await page.send('GET', '/api/broken')).status).toBe(418)
    expect(asked).toEqual([
      'authorize /api /vehicles',
      'find /api /vehicles',
      'authorize /api /broken',
      'onError /api /broken',
    ])
    expect(failures).toHaveBeenCalledExactlyOnceWith(failure)
  })

  test('options that cannot work are refused when it is made', () => {
    expect(() => apiProxy(source, { target: 'ftp://x', allow: [] } as never)).toThrow(/authorize is required/)
    expect(() => apiProxy({} as never, { target: 'https://api.example.com/', ...everything })).toThrow(
      /The source must be/,
    )
    expect(() => apiProxy(undefined as never, { target: 'https://api.example.com/', ...everything })).toThrow(
      /The source must be/,
    )
  })
})
