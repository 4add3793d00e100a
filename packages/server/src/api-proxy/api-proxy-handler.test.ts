import { NetworkError } from '@evergrant/core'
import type { AccessTokenSource } from '@evergrant/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RequestSession } from '../request-session.ts'
import { createSessionWorld } from '../sessions.test-support.ts'
import { createApiProxyHandler } from './api-proxy-handler.ts'
import { chunks, createProxyWorld, fromPage, recordingSend } from './api-proxy.test-support.ts'
import type { ProxyWorld } from './api-proxy.test-support.ts'

let world: ProxyWorld
beforeEach(() => {
  world = createProxyWorld()
})
afterEach(async () => {
  vi.useRealTimers()
  await world.manager.dispose()
})

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('cache-control')).toContain('no-store')
  const body = (await response.json()) as { error: { code: string; message: string } }
  return body.error.code
}

describe('a request of a page', () => {
  test('is passed on with a token that the page never sees', async () => {
    const response = await world.proxy()(fromPage('/api/sims?per_page=2'))
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain('iccid')
    const token = await world.manager.getAccessToken()
    expect(text + JSON.stringify([...response.headers])).not.toContain(token)
    expect(world.emulator.journal.count({ kind: 'token' })).toBe(1)
  })

  test('C70 F16 is answered so that no cache stores it and nothing in it runs', async () => {
    const { send } = recordingSend(
      () => new Response('<script>', { headers: { 'cache-control': 'public', 'set-cookie': 'a=b' } }),
    )
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'private, no-store',
      'cdn-cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': 'text/plain;charset=UTF-8',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'Cookie',
      'x-content-type-options': 'nosniff',
    })
  })

  test('C72 loses its cookies, its Authorization and whatever is not on the list', async () => {
    const { send, requests } = recordingSend(() => new Response())
    const headers = {
      authorization: 'Bearer fake-of-the-client',
      cookie: '__Host-session=fake; __Host-session=other',
      'accept-encoding': 'br',
      'x-workos-session': 'fake',
      'x-request-id': '7',
      accept: 'text/csv',
    }
    await world.proxy({ send, requestHeaders: ['x-request-id'] })(fromPage('/api/sims', { headers }))
    expect(Object.fromEntries(requests[0]!.headers)).toEqual({
      accept: 'text/csv',
      authorization: `Bearer ${await world.manager.getAccessToken()}`,
      'x-request-id': '7',
    })
    expect(requests[0]!.url).toBe(`${world.target}sims`)
    expect(requests[0]!.redirect).toBe('manual')
  })

  test('a prefix of the framework counts in place of the option', async () => {
    const { send, requests } = recordingSend(() => new Response())
    await world.proxy({ send })(fromPage('/mounted/here/sims/7'), { prefix: '/mounted/here' })
    expect(requests[0]!.url).toBe(`${world.target}sims/7`)
  })

  test('a redirect is handed back as it is', async () => {
    const location = 'https://elsewhere.example/x'
    const { send, requests } = recordingSend(() => new Response(null, { status: 302, headers: { location } }))
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect([response.status, response.headers.get('location')]).toEqual([302, location])
    expect(requests).toHaveLength(1)
  })

  test.each([204, 205, 304])('an answer with the status %i has no body', async status => {
    const { send } = recordingSend(() => new Response(null, { status, headers: { etag: '"1"' } }))
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"'])
  })

  test('HEAD passes where GET is allowed', async () => {
    const { send, requests } = recordingSend(() => new Response())
    expect((await world.proxy({ send })(fromPage('/api/sims', { method: 'HEAD' }))).status).toBe(200)
    expect(requests[0]!.method).toBe('HEAD')
  })
})

describe('a request that is refused reaches neither the authorization server nor the API', () => {
  const script = { 'sec-fetch-dest': 'script' }
  test.each([
    [
      'of another site',
      '/api/sims',
      { headers: { 'sec-fetch-site': 'cross-site' } },
      403,
      'cross_site_request',
    ],
    [
      'to change without the header',
      '/api/sims',
      { method: 'POST', headers: { 'x-evergrant': '0' } },
      403,
      'header_missing',
    ],
    ['for a script', '/api/sims', { headers: script }, 403, 'destination_refused'],
    ['for a style', '/api/sims', { headers: { 'sec-fetch-dest': 'style' } }, 403, 'destination_refused'],
    ['for a worker', '/api/sims', { headers: { 'sec-fetch-dest': 'worker' } }, 403, 'destination_refused'],
    ['for a plug-in', '/api/sims', { headers: { 'sec-fetch-dest': 'object' } }, 403, 'destination_refused'],
    [
      'for a service worker',
      '/api/sims',
      { headers: { 'service-worker': 'script' } },
      403,
      'destination_refused',
    ],
    ['to a path that is not listed', '/api/users', {}, 404, 'path_not_allowed'],
    ['beside the prefix', '/sims', {}, 404, 'path_not_allowed'],
    ['that climbs out of the prefix', '/api/../admin/sims', {}, 404, 'path_not_allowed'],
    ['with a method that is not listed', '/api/sims', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['with an encoded slash', '/api/sims/a%2fb', {}, 400, 'path_refused'],
    ['with a token in the query', '/api/sims?access_token=fake', {}, 400, 'access_token_in_query'],
  ] as [string, string, RequestInit, number, string][])(
    'C67 one %s',
    async (_what, path, init, status, code) => {
      const { send, requests } = recordingSend(() => new Response())
      const response = await world.proxy({ send })(fromPage(path, init))
      expect([response.status, await codeOf(response)]).toEqual([status, code])
      expect(requests).toHaveLength(0)
      expect(world.emulator.journal.count()).toBe(0)
    },
  )

  test('C67 a preflight of another site gets 405 and no header that helps it', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
      'access-control-request-method': 'PUT',
    }
    const response = await world.proxy()(fromPage('/api/sims/7', { method: 'OPTIONS', headers }))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT'])
    expect([...response.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
  })

  test.each([false, undefined, 'yes', {}])(
    'C67 authorize opens for true alone, not for %j',
    async verdict => {
      const { send, requests } = recordingSend(() => new Response())
      const authorize = async (): Promise<boolean> => verdict as boolean
      const response = await world.proxy({ send, authorize })(fromPage('/api/sims'))
      expect([response.status, await codeOf(response)]).toEqual([403, 'not_authorized'])
      expect(requests).toHaveLength(0)
    },
  )

  test('an image may be read without the header', async () => {
    const headers = { 'x-evergrant': '', 'sec-fetch-dest': 'image' }
    expect((await world.proxy()(fromPage('/api/sims', { headers }))).status).toBe(200)
  })
})

describe('a 401 of the API', () => {
  let before: string
  beforeEach(async () => {
    before = await world.manager.getAccessToken()
    // A token that is refused the moment it was issued is not worth another one.
    await world.clock.advance(60_000)
  })

  test('C33 is answered with one refresh and one replay, body included', async () => {
    const { send, requests } = recordingSend(async (request, count) => {
      if (count === 1) return new Response('no', { status: 401 })
      return new Response(await request.text())
    })
    const body = JSON.stringify({ name: 'é' })
    const response = await world.proxy({ send })(fromPage('/api/sims', { method: 'POST', body }))
    expect(await response.text()).toBe(body)
    const tokens = requests.map(request => request.headers.get('authorization'))
    expect(tokens[0]).toBe(`Bearer ${before}`)
    expect(tokens[1]).toBe(`Bearer ${await world.manager.getAccessToken()}`)
    expect(tokens[1]).not.toBe(tokens[0])
  })

  test('drops the refused answer unread, so that it keeps no connection busy', async () => {
    const dropped: unknown[] = []
    const body = (): ReadableStream => new ReadableStream({ cancel: () => void dropped.push('cancelled') })
    const { send, requests } = recordingSend((_request, count) =>
      count === 1 ? new Response(body(), { status: 401 }) : new Response('yes'),
    )
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect([response.status, await response.text(), dropped]).toEqual([200, 'yes', ['cancelled']])
    expect(requests[0]!.signal.aborted).toBe(true)
  })

  test('C33 a second one is handed back, without the challenge', async () => {
    const { send, requests } = recordingSend(
      () => new Response('no', { status: 401, headers: { 'www-authenticate': 'Basic realm="API"' } }),
    )
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect([response.status, response.headers.has('www-authenticate')]).toEqual([401, false])
    expect(requests).toHaveLength(2)
  })

  test('a streamed body that fits the record is sent again, whole', async () => {
    const received: number[] = []
    const { send } = recordingSend(async (request, count) => {
      received.push((await request.arrayBuffer()).byteLength)
      return new Response(null, { status: count === 1 ? 401 : 201 })
    })
    const init = { method: 'POST', body: chunks(5), duplex: 'half' as const }
    expect((await world.proxy({ send, replayBufferBytes: 5000 })(fromPage('/api/sims', init))).status).toBe(
      201,
    )
    expect(received).toEqual([5000, 5000])
  })

  test('a streamed body that the API refused before its end is read on, and sent again', async () => {
    const received: number[] = []
    const { send } = recordingSend(async (request, count) => {
      if (count === 1) return new Response(null, { status: 401 })
      received.push((await request.arrayBuffer()).byteLength)
      return new Response(null, { status: 201 })
    })
    const init = { method: 'POST', body: chunks(50), duplex: 'half' as const }
    expect((await world.proxy({ send })(fromPage('/api/sims', init))).status).toBe(201)
    expect(received).toEqual([50_000])
  })

  test('a body beyond the record is refused with a sentence, and works when the page sends it again', async () => {
    let isRefused = true
    const { send } = recordingSend(async request => {
      await request.arrayBuffer()
      return new Response(null, { status: isRefused ? 401 : 201 })
    })
    const proxy = world.proxy({ send, replayBufferBytes: 4999 })
    const post = (): Promise<Response> =>
      proxy(fromPage('/api/sims', { method: 'POST', body: chunks(5), duplex: 'half' } as RequestInit))
    const response = await post()
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '0'])
    expect(await codeOf(response)).toBe('body_not_replayable')
    isRefused = false
    expect((await post()).status).toBe(201)
    expect(await world.manager.getAccessToken()).not.toBe(before)
  })

  test('a request whose user changed meanwhile is not sent in the name of the next', async () => {
    const { send, requests } = recordingSend(async () => {
      await world.manager.signIn()
      return new Response(null, { status: 401 })
    })
    const response = await world.proxy({ send })(fromPage('/api/sims'))
    expect(requests).toHaveLength(1)
    expect([401, 503]).toContain(response.status)
  })
})

describe('a body', () => {
  test('C67 longer than allowed is refused by its length, before anything is sent', async () => {
    const { send, requests } = recordingSend(() => new Response())
    const init = { method: 'POST', body: 'x'.repeat(11), headers: { 'content-length': '11' } }
    const response = await world.proxy({ send, maxBodyBytes: 10 })(fromPage('/api/sims', init))
    expect([response.status, await codeOf(response)]).toEqual([413, 'body_too_large'])
    expect(requests).toHaveLength(0)
  })

  test('C67 longer than allowed without saying so is cut off on the way', async () => {
    const { send } = recordingSend(async request => new Response(await request.text()))
    const init = { method: 'POST', body: chunks(5), duplex: 'half' as const }
    const response = await world.proxy({ send, maxBodyBytes: 2500 })(fromPage('/api/sims', init))
    expect([response.status, await codeOf(response)]).toEqual([413, 'body_too_large'])
  })

  test.each(['2999', '3001', '1', 'x', '-1', '9999999999999999'])(
    'C67 of 3000 bytes with "Content-Length: %s" is not passed on as whole',
    async length => {
      let isWhole = false
      const { send } = recordingSend(async request => {
        await request.arrayBuffer()
        isWhole = true
        return new Response()
      })
      const headers = { 'content-length': length }
      const init = { method: 'POST', body: chunks(3), headers, duplex: 'half' as const }
      const response = await world.proxy({ send, replayBufferBytes: 500 })(fromPage('/api/sims', init))
      expect([response.status, isWhole]).toEqual([400, false])
    },
  )

  test('is not read at all when there is no token', async () => {
    const pull = vi.fn()
    const body = new ReadableStream({ pull }, { highWaterMark: 0 })
    const failure = new NetworkError('x', { code: 'network_error', wasSent: false })
    const tokens = { authorize: () => Promise.reject(failure) } as unknown as AccessTokenSource
    const failing = createApiProxyHandler(() => tokens, { target: world.target, allow: ['POST sims'] })
    const response = await failing(fromPage('/sims', { method: 'POST', body, duplex: 'half' } as RequestInit))
    expect(response.status).toBe(503)
    expect(pull).not.toHaveBeenCalled()
  })
})

describe('a fault', () => {
  test('an API that cannot be reached is 502, and the application hears why', async () => {
    const onError = vi.fn()
    const send = async (): Promise<Response> => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
    }
    const request = fromPage('/api/sims?secret=fake')
    const response = await world.proxy({ send, onError })(request)
    expect([response.status, await codeOf(response)]).toEqual([502, 'upstream_unreachable'])
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(NetworkError), request)
    const { message } = onError.mock.calls[0]![0] as Error
    expect(message).toContain('ECONNREFUSED')
    expect(message).not.toContain('fake')
  })

  test('headers that are late are 504, and the request is given up', async () => {
    vi.useFakeTimers()
    let signal: AbortSignal | undefined
    const send: typeof globalThis.fetch = (_url, init) => {
      signal = init?.signal ?? undefined
      return new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal?.reason as Error)),
      )
    }
    await world.manager.getAccessToken()
    const answer = world.proxy({ send, timeoutMs: 1000 })(fromPage('/api/sims'))
    await vi.advanceTimersByTimeAsync(999)
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    const response = await answer
    expect([response.status, await codeOf(response), signal?.aborted]).toEqual([
      504,
      'upstream_timeout',
      true,
    ])
  })

  test.each([
    ['an event stream', { accept: 'text/event-stream' }],
    ['a body after its headers', {}],
  ])('%s has no time limit', async (what, headers) => {
    vi.useFakeTimers()
    let signal: AbortSignal | undefined
    const send: typeof globalThis.fetch = async (_url, init) => {
      signal = init?.signal ?? undefined
      if (what === 'an event stream') await new Promise(resolve => setTimeout(resolve, 60_000))
      return new Response(new ReadableStream())
    }
    await world.manager.getAccessToken()
    const answer = world.proxy({ send, timeoutMs: 1000 })(fromPage('/api/sims', { headers }))
    await vi.advanceTimersByTimeAsync(120_000)
    expect([(await answer).status, signal?.aborted]).toEqual([200, false])
  })

  test('the time that a client takes for its upload is its own', async () => {
    vi.useFakeTimers()
    let count = 0
    const slow = new ReadableStream<Uint8Array>({
      pull: async controller => {
        await new Promise(resolve => setTimeout(resolve, 900))
        if (count++ === 5) controller.close()
        else controller.enqueue(new Uint8Array(10))
      },
    })
    const { send } = recordingSend(async request => new Response(await request.arrayBuffer()))
    await world.manager.getAccessToken()
    const init = { method: 'POST', body: slow, duplex: 'half' as const }
    const answer = world.proxy({ send, timeoutMs: 1000 })(fromPage('/api/sims', init))
    await vi.advanceTimersByTimeAsync(10_000)
    expect([(await answer).status]).toEqual([200])
  })

  test('an error of Evergrant while authorizing is answered as everywhere', async () => {
    const onError = vi.fn()
    await world.manager.getAccessToken()
    await world.manager.signOut()
    const response = await world.proxy({ onError })(fromPage('/api/sims'))
    expect([response.status, await codeOf(response)]).toEqual([401, 'reauthorization_required'])
    expect(onError).toHaveBeenCalledOnce()
  })

  test('a request of nobody is told to sign in, and reads nothing of the provider', async () => {
    const sessions = createSessionWorld().instance('store')
    const proxy = createApiProxyHandler(sessions, { target: world.target, allow: ['GET sims'] })
    const response = await proxy(fromPage('/sims'))
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      error: { code: 'reauthorization_required', message: 'Nobody is signed in. Sign in first.' },
    })
  })

  test('any other error rejects, and the application hears it', async () => {
    const onError = vi.fn()
    const authorize = (): boolean => {
      throw new Error('a bug')
    }
    await expect(world.proxy({ authorize, onError })(fromPage('/api/sims'))).rejects.toThrow('a bug')
    expect(onError).toHaveBeenCalledOnce()
  })

  test('a client that leaves ends the request to the API, and is no fault', async () => {
    const onError = vi.fn()
    const leave = new AbortController()
    let signal: AbortSignal | undefined
    const send: typeof globalThis.fetch = (_url, init) => {
      signal = init?.signal ?? undefined
      leave.abort()
      return Promise.reject(signal?.reason as Error)
    }
    const response = await world.proxy({ send, onError })(fromPage('/api/sims', { signal: leave.signal }))
    expect([response.status, signal?.aborted]).toEqual([499, true])
    expect(onError).not.toHaveBeenCalled()
  })
})

describe('the source', () => {
  test('of sessions is asked for the session of the request, whose cookies are in the answer', async () => {
    const writeTo = vi.fn((headers: Headers) => headers.append('set-cookie', 'session=fake'))
    const session = { authorize: world.manager.authorize, settle: world.manager.settle, writeTo }
    const sessions = { for: vi.fn(() => session as unknown as RequestSession) }
    const { send } = recordingSend(() => new Response('x', { headers: { 'set-cookie': 'of=upstream' } }))
    const proxy = createApiProxyHandler(sessions, { target: world.target, allow: ['GET sims'], send })
    const request = fromPage('/sims')
    const response = await proxy(request)
    expect(sessions.for).toHaveBeenCalledExactlyOnceWith(request)
    expect(response.headers.getSetCookie()).toEqual(['session=fake'])
  })

  test('F14 of sessions acts for nobody else than the page shows, whoever has signed in meanwhile', async () => {
    const { send, requests } = recordingSend(() => new Response('fine'))
    const session = {
      authorize: world.manager.authorize,
      settle: world.manager.settle,
      getState: async () => ({ status: 'authenticated', signInId: 'sign-in-2', expiresAt: 0 }),
      writeTo: () => undefined,
    }
    const sessions = { for: () => session as unknown as RequestSession }
    const proxy = createApiProxyHandler(sessions, { target: world.target, allow: ['GET sims'], send })
    const answers = await Promise.all(
      ['sign-in-1', 'sign-in-2'].map(id =>
        proxy(fromPage('/sims', { headers: { 'x-evergrant-sign-in': id } })),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([409, 200])
    expect(await answers[0]?.json()).toMatchObject({ error: { code: 'session_changed' } })
    expect(requests.map(({ headers }) => headers.get('x-evergrant-sign-in'))).toEqual([null])
  })

  test('of sessions writes its cookies into an error, too', async () => {
    const session = {
      authorize: () => Promise.reject(new NetworkError('x', { code: 'network_error', wasSent: true })),
      writeTo: (headers: Headers) => headers.append('set-cookie', 'session='),
    }
    const sessions = { for: () => session as unknown as RequestSession }
    const response = await createApiProxyHandler(sessions, { target: world.target, allow: ['GET sims'] })(
      fromPage('/sims'),
    )
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, ['session=']])
  })

  test('as a function is asked for each request', async () => {
    const source = vi.fn(async () => world.manager)
    const { send } = recordingSend(() => new Response())
    const proxy = createApiProxyHandler(source, { target: world.target, allow: ['GET sims'], send })
    const request = fromPage('/sims')
    expect((await proxy(request)).status).toBe(200)
    expect(source).toHaveBeenCalledExactlyOnceWith(request)
  })
})
