import type { AccessTokenSource, AuthorizedRequest } from '@evergrant/core/source'
import type { Dispatcher } from 'undici'
import { describe, expect, test, vi } from 'vitest'
import { accessTokenInterceptor } from './index.ts'

type Handler = Required<Dispatcher.DispatchHandler>
type Options = Dispatcher.DispatchOptions

const origin = 'https://api.example.test'

/** What the far end of a dispatch sees of one attempt, and with what it can answer. */
class Attempt implements Dispatcher.DispatchController {
  readonly options: Options
  readonly handler: Handler
  readonly calls: string[] = []
  aborted = false
  paused = false
  reason: Error | null = null

  constructor(options: Options, handler: Dispatcher.DispatchHandler) {
    this.options = options
    this.handler = handler as Handler
    this.handler.onRequestStart(this, { history: [] })
  }

  abort(reason: Error): void {
    this.aborted = true
    this.calls.push('abort')
    this.handler.onResponseError(this, reason)
  }

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }

  answer(status: number, text = ''): void {
    this.handler.onResponseStart(this, status, { 'www-authenticate': 'Bearer' }, 'as it is')
    if (text !== '') this.handler.onResponseData(this, Buffer.from(text))
    this.handler.onResponseEnd(this, { trailer: 'one' })
  }
}

/** A chain of the interceptor and a far end, and what the handler of its caller saw. */
function createBench(source: Partial<AccessTokenSource> = {}, boundTo?: string | null) {
  const attempts: Attempt[] = []
  const seen: unknown[] = []
  let authorized = 0
  const tokens = {
    authorize: async ({ url }: { url: string | URL }) => ({
      url: String(url),
      headers: new Headers({ authorization: `Bearer fake-access-${++authorized}` }),
    }),
    settle: (_: AuthorizedRequest, result: { status: number }) => (result.status === 401 ? 'replay' : 'done'),
    ...source,
  } as unknown as AccessTokenSource
  const interceptor: (dispatch: Dispatcher.Dispatch, boundTo?: unknown) => Dispatcher.Dispatch =
    accessTokenInterceptor(tokens)
  const dispatch = interceptor(
    (options, handler) => Boolean(attempts.push(new Attempt(options, handler))),
    boundTo,
  )
  let controller: Dispatcher.DispatchController | undefined
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (given, context) => {
      controller = given
      seen.push(['start', context])
    },
    onResponseStart: (_, status, _headers, message) => void seen.push([status, message]),
    onResponseData: (_, chunk) => void seen.push(String(chunk)),
    onResponseEnd: (_, trailers) => void seen.push(['end', trailers]),
    onResponseError: (_, error) => void seen.push(error),
  }
  const send = async (options: Partial<Options> = {}): Promise<void> => {
    dispatch({ origin, path: '/things', method: 'GET', ...options }, handler)
    await turn()
  }
  return { attempts, seen, send, dispatch, handler, controller: () => controller! }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const authorizationOf = ({ options }: Attempt): unknown => {
  const headers = options.headers as string[]
  return headers[headers.indexOf('authorization') + 1]
}

describe('the interceptor', () => {
  test('C32 adds the token, and passes on status, message, data and trailers', async () => {
    const { attempts, seen, send } = createBench()
    await send({ query: { a: '1' } })
    attempts[0]!.answer(200, 'fine')
    expect([attempts[0]!.options.path, attempts[0]!.options.query]).toEqual(['/things', { a: '1' }])
    expect(authorizationOf(attempts[0]!)).toBe('Bearer fake-access-1')
    expect(seen).toEqual([['start', { history: [] }], [200, 'as it is'], 'fine', ['end', { trailer: 'one' }]])
  })

  test('C33 holds a refusal, lets it run out unseen, and passes on the second answer', async () => {
    const { attempts, seen, send } = createBench()
    await send()
    attempts[0]!.answer(401, 'refused')
    await turn()
    attempts[1]!.answer(200, 'fine')
    expect(attempts.map(authorizationOf)).toEqual(['Bearer fake-access-1', 'Bearer fake-access-2'])
    expect(attempts[0]!.calls).toEqual(['pause', 'resume'])
    expect(seen.slice(1)).toEqual([[200, 'as it is'], 'fine', ['end', { trailer: 'one' }]])
  })

  test('C33 hands the refusal back whole if there is no newer token', async () => {
    const headers = new Headers({ authorization: 'Bearer fake-access' })
    const { attempts, seen, send } = createBench({
      authorize: async () => ({ url: `${origin}/things`, headers }),
    })
    await send()
    attempts[0]!.answer(401, 'refused')
    await turn()
    expect(attempts).toHaveLength(1)
    expect(seen.slice(1)).toEqual([[401, 'as it is'], 'refused', ['end', { trailer: 'one' }]])
  })

  test('hands back a refusal whose connection breaks meanwhile, and its error', async () => {
    const headers = new Headers({ authorization: 'Bearer fake-access' })
    const { attempts, seen, send } = createBench({
      authorize: async () => ({ url: `${origin}/things`, headers }),
    })
    await send()
    attempts[0]!.handler.onResponseStart(attempts[0]!, 401, {}, '')
    attempts[0]!.handler.onResponseError(attempts[0]!, new Error('reset'))
    await turn()
    expect(seen.slice(1)).toEqual([[401, ''], new Error('reset')])
  })

  test('ends the attempt if its caller cannot take the refusal that it hands back', async () => {
    const headers = new Headers({ authorization: 'Bearer fake-access' })
    const bench = createBench({ authorize: async () => ({ url: `${origin}/things`, headers }) })
    bench.handler.onResponseStart = () => {
      throw new Error('broken handler')
    }
    await bench.send()
    const abort = vi.spyOn(bench.attempts[0]!, 'abort')
    bench.attempts[0]!.handler.onResponseStart(bench.attempts[0]!, 401, {}, '')
    await turn()
    expect(abort).toHaveBeenCalledWith(new Error('broken handler'))
  })

  test('stops reading a refusal that does not end', async () => {
    const { attempts, seen, send } = createBench()
    await send()
    attempts[0]!.handler.onResponseStart(attempts[0]!, 401, {}, '')
    await turn()
    for (let chunk = 0; chunk < 3; chunk++)
      attempts[0]!.handler.onResponseData(attempts[0]!, Buffer.alloc(65_536))
    expect(attempts[0]!.calls).toContain('abort')
    attempts[1]!.answer(200)
    expect(seen.slice(1)).toEqual([
      [200, 'as it is'],
      ['end', { trailer: 'one' }],
    ])
  })

  test('passes informational answers on, and settles the final one', async () => {
    const { attempts, seen, send } = createBench()
    await send()
    attempts[0]!.handler.onResponseStart(attempts[0]!, 103, {}, 'Early Hints')
    attempts[0]!.answer(200)
    expect(seen.slice(1, 3)).toEqual([
      [103, 'Early Hints'],
      [200, 'as it is'],
    ])
  })

  test('holds the second attempt back where the first one was', async () => {
    const { attempts, send, controller } = createBench()
    await send()
    controller().pause()
    expect(controller().paused).toBe(true)
    attempts[0]!.answer(401)
    await turn()
    expect(attempts[1]!.calls).toEqual(['pause'])
    controller().resume()
    expect(attempts[1]!.calls).toEqual(['pause', 'resume'])
  })

  test('C75 ends at once when the caller aborts while the token is awaited', async () => {
    const { attempts, seen, send, controller } = createBench({
      authorize: (_, { signal } = {}) =>
        new Promise((_resolve, reject) =>
          signal!.addEventListener('abort', () => reject(new Error('other'))),
        ),
    })
    await send()
    controller().abort(new Error('caller left'))
    await turn()
    expect([controller().aborted, controller().reason?.message]).toEqual([true, 'caller left'])
    expect(attempts).toEqual([])
    expect(seen.slice(1)).toEqual([new Error('caller left')])
  })

  test('C75 tells of an abort between the two attempts once', async () => {
    const { attempts, seen, send, controller } = createBench()
    await send()
    attempts[0]!.handler.onResponseStart(attempts[0]!, 401, {}, '')
    controller().abort(new Error('caller left'))
    await turn()
    expect(attempts).toHaveLength(1)
    expect(seen.slice(1)).toEqual([new Error('caller left')])
  })

  test('leaves CONNECT, upgrades and handlers of older versions to undici', async () => {
    const { attempts, dispatch, handler } = createBench()
    const upgrade = { origin, path: '/', method: 'GET', upgrade: 'websocket' } as const
    const connect = { origin, path: 'host:443', method: 'CONNECT' } as const
    dispatch(upgrade, handler)
    dispatch(connect, handler)
    expect(attempts.map(({ options }) => options)).toEqual([upgrade, connect])
    expect(attempts.every(attempt => attempt.handler === handler)).toBe(true)
  })

  test('C39 sends nothing if nothing says where to, or a pool is bound to somewhere else', () => {
    const agent = createBench()
    expect(() => agent.dispatch({ path: '/', method: 'GET' }, agent.handler)).toThrow(/name its origin/)
    const pool = createBench({}, 'https://evil.test')
    expect(() => pool.dispatch({ origin, path: '/', method: 'GET' }, pool.handler)).toThrow(
      /Nothing was sent/,
    )
    expect([agent.attempts, pool.attempts]).toEqual([[], []])
  })

  test('C39 takes a path with two slashes for a path, not for another host', async () => {
    const { attempts, send } = createBench()
    await send({ path: '//evil.test/things' })
    expect([attempts[0]!.options.origin, attempts[0]!.options.path]).toEqual([origin, '//evil.test/things'])
  })

  test.each<[string, Exclude<Options['headers'], undefined>]>([
    ['an object', { AUTHORIZATION: 'Basic fake', 'X-Own': ['1', '2'] }],
    ['a flat list', ['Authorization', 'Basic fake', 'X-Own', '1', 'X-Own', '2']],
    ['pairs', Object.entries({ authorization: 'Basic fake', 'X-Own': ['1', '2'] })],
    [
      'a map',
      new Map<string, string | string[]>([
        ['Authorization', 'Basic fake'],
        ['X-Own', ['1', '2']],
      ]),
    ],
  ])("replaces the caller's own Authorization in %s", async (_, headers) => {
    const { attempts, send } = createBench()
    await send({ headers })
    expect(attempts[0]!.options.headers).toEqual([
      'X-Own',
      '1',
      'X-Own',
      '2',
      'authorization',
      'Bearer fake-access-1',
    ])
  })
})
