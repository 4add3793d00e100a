import { ApolloLink, CombinedGraphQLErrors, gql, ServerError } from '@apollo/client'
import { isNetworkError, isOriginNotAllowedError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { settle } from '@evergrant/testing'
import { concat, defer, firstValueFrom, ignoreElements, Observable } from 'rxjs'
import { describe, expect, test, vi } from 'vitest'
import { accessTokenLink } from './access-token-link.ts'
import { Bench, fine, forbidden, gate, graphqlUrl, json, unauthenticated } from './bench.test-support.ts'

const query = gql`
  query Vehicle {
    vehicle {
      id
      name
    }
  }
`
const mutation = gql`
  mutation Rename {
    vehicle {
      id
      name
    }
    log
  }
`
const graphqlJson = { 'content-type': 'application/graphql-response+json' }
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )
const codeOf = (error: unknown): unknown =>
  CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['code'] : error

describe('the link', () => {
  test('C32 attaches the token, beside the headers of the application', async () => {
    const bench = new Bench()
    const headers = { 'X-Own': 'mine', Authorization: 'Basic fake' }
    const { data } = await bench.client().query({ query, context: { headers } })
    expect(data).toEqual(fine)
    const [{ headers: sent, url, method }] = bench.received as [Bench['received'][0]]
    expect([sent.get('authorization'), sent.get('x-own'), url, method]).toEqual([
      'Bearer fake-1',
      'mine',
      graphqlUrl,
      'POST',
    ])
  })

  test('sends where the operation wants, if it says so', async () => {
    const bench = new Bench()
    await bench.client().query({ query, context: { uri: 'https://api.example.test/other' } })
    expect(bench.received[0]?.url).toBe('https://api.example.test/other')
  })

  test('C39 F27 refuses a foreign origin before anything is sent', async () => {
    const bench = new Bench()
    const asked = bench.client().query({ query, context: { uri: 'https://evil.example.test/' } })
    expect(await failure(asked)).toSatisfy(isOriginNotAllowedError)
    expect([bench.received, bench.tokenRequests]).toEqual([[], 0])
  })

  test('F46 hands on why there is no token, and sends nothing', async () => {
    const bench = new Bench()
    bench.isDown = true
    expect(await failure(bench.client().query({ query }))).toSatisfy(isNetworkError)
    expect(bench.received).toEqual([])
  })

  test.each<[string, Bench['refuses']]>([
    ['200 UNAUTHENTICATED', () => json(unauthenticated)],
    ['200 invalid-jwt', () => json({ errors: [{ message: 'no', extensions: { code: 'invalid-jwt' } }] })],
    ['a bare 401', () => new Response('no', { status: 401 })],
    ['401 with errors', () => json(unauthenticated, { status: 401, headers: graphqlJson })],
    ['401 with other errors', () => json(forbidden, { status: 401, headers: graphqlJson })],
    ['401 that is no JSON', () => new Response('no', { status: 401, headers: graphqlJson })],
    ['500 UNAUTHENTICATED', () => json(unauthenticated, { status: 500 })],
    ['400 UNAUTHENTICATED', () => json(unauthenticated, { status: 400, headers: graphqlJson })],
  ])('C33 answers %s with one refresh and one retry', async (_title, refuses) => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = refuses
    expect((await bench.client().query({ query })).data).toEqual(fine)
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
    expect(bench.received[1]).toEqual({
      ...bench.received[0],
      headers: expect.anything() as unknown,
      signal: expect.anything() as unknown,
    })
  })

  test.each<[string, Bench['refuses'], unknown]>([
    ['UNAUTHENTICATED', () => json(unauthenticated), 'UNAUTHENTICATED'],
    ['401', () => new Response('no', { status: 401 }), expect.any(ServerError)],
  ])(
    'C33 F43 sends twice to an API that always answers %s, and shows its error',
    async (_title, refuses, error) => {
      const bench = new Bench()
      await bench.refuseCurrentToken()
      bench.refuses = refuses
      bench.answers = refuses
      const operations = Array.from({ length: 5 }, () => failure(bench.client().query({ query })))
      for (const shown of await Promise.all(operations)) expect(codeOf(shown)).toEqual(error)
      expect([bench.received.length, bench.tokenRequests]).toEqual([10, 2])
    },
  )

  test('C34 answers a late refusal with the current token, and refreshes nothing', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = async () => {
      await bench.manager.getAccessToken({ forceRefresh: true })
      return json(unauthenticated)
    }
    expect((await bench.client().query({ query })).data).toEqual(fine)
    expect([bench.tokens, bench.tokenRequests]).toEqual([['fake-1', 'fake-2'], 2])
  })

  test('F44 refreshes once for 50 operations that meet one expiry', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    const client = bench.client()
    const operations = Array.from({ length: 50 }, (_, index) =>
      client.query({ query: gql(`query Q${index} { vehicle { id name } }`) }),
    )
    for (const { data } of await Promise.all(operations)) expect(data).toEqual(fine)
    expect([bench.received.length, bench.tokenRequests]).toEqual([100, 2])
  })

  test.each<[string, Bench['refuses']]>([
    ['FORBIDDEN', () => json(forbidden)],
    ['403', () => new Response('no', { status: 403 })],
    ['500', () => new Response('no', { status: 500 })],
    [
      '401 for a missing scope',
      () =>
        new Response('no', {
          status: 401,
          headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
        }),
    ],
    ['an answer that is none', () => Promise.reject(new TypeError('fetch failed'))],
  ])('C35 hands on %s, and refreshes nothing', async (_title, refuses) => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = refuses
    expect(await failure(bench.client().query({ query }))).toBeInstanceOf(Error)
    expect([bench.received.length, bench.tokenRequests]).toEqual([1, 1])
  })

  test.each<[string, Bench['refuses'], unknown]>([
    ['UNAUTHENTICATED', () => json(unauthenticated), 'UNAUTHENTICATED'],
    ['401', () => new Response('no', { status: 401 }), expect.objectContaining({ statusCode: 401 })],
  ])(
    'delivers the refusal (%s) itself if the refresh fails, once and with its end',
    async (_title, refuses, error) => {
      const bench = new Bench()
      await bench.refuseCurrentToken()
      bench.refuses = refuses
      bench.isDown = true
      expect(codeOf(await failure(bench.client().query({ query })))).toEqual(error)
      expect([bench.received.length, bench.tokenRequests]).toEqual([1, 2])
    },
  )

  test('a query whose data came with a refused field is sent again', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => json({ data: fine, ...unauthenticated })
    expect((await bench.client().query({ query })).error).toBeUndefined()
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
  })

  const refusedWithin = { path: ['vehicle', 'name'], extensions: { code: 'UNAUTHENTICATED' } }
  test.each([
    ['a field was executed', { data: { ...fine, log: null } }, 1],
    ['a field within it was refused', { data: null, errors: [refusedWithin] }, 1],
    ['nothing was executed', { data: { vehicle: null, log: null } }, 2],
    ['there is no data', {}, 2],
  ])('a refused mutation is sent again unless something was done: %s', async (_title, data, times) => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => json({ ...unauthenticated, ...data })
    bench.answers = () => json({ data: { ...fine, log: 'fine' } })
    await failure(bench.client().mutate({ mutation }))
    expect(bench.received).toHaveLength(times)
    // Whoever comes next has a new token: the refusal was noted.
    await bench.client().query({ query })
    expect(bench.tokens.at(-1)).toBe('fake-2')
  })

  test('asks the predicate of the application, with what came beside the errors', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => json({ data: null, errors: [{ message: 'gone', extensions: { code: 'GONE' } }] })
    const isRefused = vi
      .fn(() => true)
      .mockReturnValueOnce(true)
      .mockReturnValue(false)
    expect((await bench.client(bench.link({ isRefused }), bench.http()).query({ query })).data).toEqual(fine)
    expect(isRefused.mock.calls[0]).toMatchObject([
      [{ extensions: { code: 'GONE' } }],
      { data: null, operation: { operationName: 'Vehicle' } },
    ])
  })

  test('the fault of a predicate is the error of the operation', async () => {
    const bench = new Bench()
    const isRefused = (): never => {
      throw new Error('broken')
    }
    const client = bench.client(bench.link({ isRefused }), bench.http())
    expect(String(await failure(client.query({ query })))).toBe('Error: broken')
  })
})

describe('a source that names another place', () => {
  const modes: Pick<AccessTokenSource, 'authorize' | 'settle'> = {
    authorize: async ({ url }, { replayOf } = {}) => ({
      url: replayOf ? 'https://page.example.test/api/graphql' : `https://api.example.test/${url}`,
      headers: new Headers(replayOf ? { 'x-evergrant': '1' } : { authorization: 'Bearer fake-9' }),
    }),
    settle: (_attempt, result) => (result === 'rejected' ? 'replay' : 'done'),
  }

  test('is obeyed, and what an earlier attempt added is gone', async () => {
    const bench = new Bench()
    bench.refused.add('fake-9')
    const client = bench.client(accessTokenLink(modes, { uri: 'graphql' }), bench.http())
    expect((await client.query({ query, context: { headers: { 'x-own': 'mine' } } })).data).toEqual(fine)
    expect(
      bench.received.map(({ url, headers }) => [url, headers.get('authorization'), headers.get('x-own')]),
    ).toEqual([
      ['https://api.example.test/graphql', 'Bearer fake-9', 'mine'],
      ['https://page.example.test/api/graphql', null, 'mine'],
    ])
  })

  test('is asked for the same place when a link before it sends the operation again', async () => {
    const bench = new Bench()
    const authorize = vi.fn(modes.authorize)
    const again = new ApolloLink((operation, forward) =>
      concat(
        forward(operation).pipe(ignoreElements()),
        defer(() => forward(operation)),
      ),
    )
    const link = accessTokenLink({ ...modes, authorize }, { uri: 'graphql' })
    await bench.client(again, link, bench.http()).query({ query })
    expect(authorize.mock.calls.map(([{ url }]) => url)).toEqual(['graphql', 'graphql'])
  })
})

describe('whoever leaves', () => {
  const leave = (bench: Bench): { readonly unsubscribe: () => void; readonly seen: unknown[] } => {
    const seen: unknown[] = []
    const client = bench.client()
    const link = ApolloLink.from([bench.link(), bench.http()])
    const note = (what: unknown): void => void seen.push(what)
    const subscription = ApolloLink.execute(link, { query }, { client }).subscribe({
      next: note,
      error: note,
      complete: () => note('complete'),
    })
    return { unsubscribe: () => subscription.unsubscribe(), seen }
  }

  test('C75 while the token is awaited sends nothing, and disturbs nobody', async () => {
    const bench = new Bench()
    const { promise, open } = gate()
    bench.gate = promise
    const left = leave(bench)
    const stays = bench.client().query({ query })
    await settle()
    left.unsubscribe()
    open()
    expect((await stays).data).toEqual(fine)
    expect([bench.received.length, bench.tokenRequests, left.seen]).toEqual([1, 1, []])
  })

  test('C75 while the answer is awaited ends the request', async () => {
    const bench = new Bench()
    const { promise, open } = gate()
    bench.answers = () => promise.then(() => json({ data: fine }))
    const left = leave(bench)
    await settle()
    expect(bench.received[0]?.signal?.aborted).toBe(false)
    left.unsubscribe()
    expect(bench.received[0]?.signal?.aborted).toBe(true)
    open()
    await settle()
    expect(left.seen).toEqual([])
  })

  test('C75 between the two attempts sends no second one, and the refresh goes on for the others', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    const { promise, open } = gate()
    bench.gate = promise
    const left = leave(bench)
    const stays = bench.client().query({ query })
    await settle()
    left.unsubscribe()
    open()
    expect((await stays).data).toEqual(fine)
    expect([bench.tokens, left.seen]).toEqual([['fake-1', 'fake-1', 'fake-2'], []])
  })

  test('C75 by the signal of the context ends an operation also if the source does not look at it', async () => {
    const { promise, open } = gate()
    const bench = new Bench()
    const authorize = async () => {
      await promise
      return { url: graphqlUrl, headers: new Headers({ authorization: 'Bearer fake-9' }) }
    }
    const client = bench.client(accessTokenLink({ authorize, settle: () => 'done' }), bench.http())
    const abort = new AbortController()
    const asked = failure(client.query({ query, context: { fetchOptions: { signal: abort.signal } } }))
    await settle()
    abort.abort(new Error('left'))
    open()
    expect(String(await asked)).toBe('Error: left')
    expect(bench.received).toEqual([])
  })

  test('C75 by the signal of the context between the two attempts ends with its reason', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    const { promise } = gate()
    bench.gate = promise
    const abort = new AbortController()
    const link = ApolloLink.from([bench.link(), bench.http()])
    const context = { fetchOptions: { signal: abort.signal } }
    const sent = firstValueFrom(ApolloLink.execute(link, { query, context }, { client: bench.client() }))
    const failed = failure(sent)
    while (bench.tokenRequests < 2) await settle()
    abort.abort(new Error('left'))
    expect([String(await failed), bench.received.length]).toEqual(['Error: left', 1])
  })

  test('F26 what a redirect led to says nothing about the token', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => {
      const led = json(unauthenticated)
      Object.defineProperties(led, { redirected: { value: true }, url: { value: 'https://elsewhere.test/' } })
      return led
    }
    expect(codeOf(await failure(bench.client().query({ query })))).toBe('UNAUTHENTICATED')
    expect([bench.received.length, bench.tokenRequests]).toEqual([1, 1])
  })

  test('errors that are none do not break it', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => json({ errors: [null] }, { status: 401 })
    expect((await bench.client().query({ query })).data).toEqual(fine)
  })

  test('leaves the first attempt before the second, and judges each by its own response', async () => {
    const left = vi.fn()
    const leftBefore: number[] = []
    const settled = vi.fn(() => 'replay' as const)
    let count = 0
    const authorize = async () => ({
      url: graphqlUrl,
      headers: new Headers({ authorization: `Bearer fake-${++count}` }),
    })
    // The first answer stays open, and only it tells of its response.
    const terminating = new ApolloLink(
      operation =>
        new Observable(observer => {
          if (count === 1) operation.setContext({ response: new Response(null, { status: 401 }) })
          leftBefore.push(left.mock.calls.length)
          observer.next({ data: fine })
          return left
        }),
    )
    const link = ApolloLink.from([accessTokenLink({ authorize, settle: settled }), terminating])
    const answer = await firstValueFrom(ApolloLink.execute(link, { query }, { client: new Bench().client() }))
    expect([answer.data, count, settled.mock.calls.length]).toEqual([fine, 2, 1])
    expect(leftBefore).toEqual([0, 1])
  })

  test('what the next link throws is the error of the operation', async () => {
    const bench = new Bench()
    const broken = new ApolloLink(() => {
      throw new Error('broken')
    })
    expect(String(await failure(bench.client(bench.link(), broken).query({ query })))).toBe('Error: broken')
  })

  test('C75 by the signal of the context ends the wait for the token, with its reason', async () => {
    const bench = new Bench()
    const { promise, open } = gate()
    bench.gate = promise
    const abort = new AbortController()
    const link = ApolloLink.from([bench.link(), bench.http()])
    const context = { fetchOptions: { signal: abort.signal } }
    const sent = firstValueFrom(ApolloLink.execute(link, { query, context }, { client: bench.client() }))
    await settle()
    abort.abort(new Error('left'))
    expect(String(await failure(sent))).toBe('Error: left')
    open()
    await settle()
    expect(bench.received).toEqual([])
  })
})
