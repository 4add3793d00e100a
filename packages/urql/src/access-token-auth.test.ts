import {
  isReauthorizationRequiredError,
  ReauthorizationRequiredError,
  toSource,
} from '@evergrant/core/source'
import type { AccessTokenSource, AttemptResult } from '@evergrant/core/source'
import { cacheExchange, Client, fetchExchange, gql } from '@urql/core'
import type { OperationResult } from '@urql/core'
import { authExchange } from '@urql/exchange-auth'
import { describe, expect, test } from 'vitest'
import { accessTokenAuth } from './access-token-auth.ts'
import type { AccessTokenAuthOptions } from './access-token-auth.ts'

const url = 'https://api.example.test/graphql'
const vehicles = gql`
  query Vehicles {
    vehicles {
      id
    }
  }
`
const unauthenticated = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }
const fine = { data: { vehicles: [{ id: '7', __typename: 'Vehicle' }] } }
const json = (body: unknown, init?: ResponseInit) => (): Response => Response.json(body, init)

interface Bench {
  readonly client: Client
  readonly sent: string[]
  readonly settled: AttemptResult[]
  /** The token in use; tests replace it. */
  token: number
  refreshes: number
  failure: Error | undefined
  readonly query: () => Promise<OperationResult>
}

/** A client of urql over a source whose tokens count up, and an API that takes the newest token or gives `answers`. */
function createBench(answer: (token: number) => Response, options?: AccessTokenAuthOptions): Bench {
  const tokens = new WeakMap<object, number>()
  let refreshing: Promise<void> | undefined
  const source: Pick<AccessTokenSource, 'authorize' | 'settle'> = {
    authorize: async (request, given) => {
      given?.signal?.throwIfAborted()
      await refreshing
      if (bench.failure && given?.replayOf) throw bench.failure
      const headers = new Headers({ authorization: `Bearer fake-${bench.token}` })
      const attempt = { url: String(request.url), headers }
      tokens.set(attempt, bench.token)
      return attempt
    },
    settle: (attempt, result) => {
      bench.settled.push(result)
      if (result !== 'rejected' && result.status !== 401) return 'done'
      if (tokens.get(attempt) !== bench.token) return 'replay'
      refreshing ??= Promise.resolve().then(() => {
        bench.token += 1
        bench.refreshes += 1
        refreshing = undefined
      })
      return 'replay'
    },
  }
  const send: typeof globalThis.fetch = async (_input, init) => {
    const token = Number(new Headers(init?.headers).get('authorization')?.replace('Bearer fake-', ''))
    bench.sent.push(`${token} ${new Headers(init?.headers).get('x-own') ?? ''}`.trim())
    return answer(token)
  }
  const client = new Client({
    url,
    preferGetMethod: false,
    fetch: send,
    exchanges: [cacheExchange, authExchange(accessTokenAuth(source, options)), fetchExchange],
  })
  const bench: Bench = {
    client,
    sent: [],
    settled: [],
    token: 1,
    refreshes: 0,
    failure: undefined,
    query: () => client.query(vehicles, {}).toPromise(),
  }
  return bench
}

/** Takes tokens from `least` on. */
const takes =
  (least: number, refusal = json(unauthenticated)) =>
  (token: number): Response =>
    token >= least ? json(fine)() : refusal()

describe('urql with an access token', () => {
  test('C32 sends it with each operation, beside the headers of the application', async () => {
    const bench = createBench(takes(1))
    const headers = { 'x-own': 'mine', authorization: 'Bearer fake-own' }
    const result = await bench.client.query(vehicles, {}, { fetchOptions: { headers } }).toPromise()
    expect([result.error, result.data]).toEqual([undefined, fine.data])
    expect(bench.sent).toEqual(['1 mine'])
  })

  test.each([
    ['UNAUTHENTICATED', json(unauthenticated)],
    ['401 with errors', json(unauthenticated, { status: 401 })],
    ['401 with data', json({ data: { vehicles: [] } }, { status: 401 })],
    ['401 without a body', () => new Response(null, { status: 401 })],
    [
      '401 with HTML',
      () => new Response('<h1>No', { status: 401, headers: { 'content-type': 'text/html' } }),
    ],
  ])('C33 %s is answered with one refresh and one retry', async (_what, refusal) => {
    const bench = createBench(takes(2, refusal))
    expect((await bench.query()).data).toEqual(fine.data)
    expect([bench.sent, bench.refreshes]).toEqual([['1', '2'], 1])
  })

  test('C33 an API that refuses every token gets two requests, and the error is there to see', async () => {
    const bench = createBench(takes(9))
    const { error, data } = await bench.query()
    expect(error?.graphQLErrors[0]?.extensions['code']).toBe('UNAUTHENTICATED')
    expect([data, bench.sent]).toEqual([undefined, ['1', '2']])
    expect(bench.settled).toEqual(['rejected', 'rejected'])
  })

  const bare = (): Response => new Response(null, { status: 401 })
  test.each([
    ['errors, then 401', [json(unauthenticated), bare]],
    ['401, then errors', [bare, json(unauthenticated)]],
    ['401, then 401', [bare, bare]],
  ])('F43 is sent twice, however it is refused: %s', async (_what, refusals) => {
    const bench: Bench = createBench(() => (refusals[bench.sent.length - 1] ?? json(fine))())
    expect((await bench.query()).error).toBeDefined()
    expect(bench.sent).toEqual(['1', '2'])
  })

  test('F26 what a redirect led to says nothing about the token', async () => {
    const bench = createBench(() => {
      const led = json(unauthenticated)()
      Object.defineProperties(led, { redirected: { value: true }, url: { value: 'https://elsewhere.test/' } })
      return led
    })
    expect((await bench.query()).error).toBeDefined()
    expect([bench.sent, bench.settled]).toEqual([['1'], []])
  })

  test('C34 a late refusal, of a token that was replaced meanwhile, is retried with the current one', async () => {
    const bench = createBench(token => {
      if (token === 1) bench.token = 2
      return takes(2)(token)
    })
    expect((await bench.query()).data).toEqual(fine.data)
    expect([bench.sent, bench.refreshes]).toEqual([['1', '2'], 0])
  })

  test('C34 fifty operations that meet one expiry cause one refresh', async () => {
    const bench = createBench(takes(2))
    const queries = Array.from({ length: 50 }, (_, index) =>
      bench.client.query(gql(`query Q${index} { vehicles { id } }`), {}).toPromise(),
    )
    for (const { data, error } of await Promise.all(queries))
      expect([data, error]).toEqual([fine.data, undefined])
    expect([bench.sent.length, bench.refreshes]).toEqual([100, 1])
  })

  test.each([
    ['FORBIDDEN', json({ errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] })],
    ['403', () => new Response('no', { status: 403 })],
    ['500', () => new Response('no', { status: 500 })],
  ])('C35 %s refreshes nothing', async (_what, refusal) => {
    const bench = createBench(takes(9, refusal))
    expect((await bench.query()).error).toBeDefined()
    expect([bench.sent, bench.refreshes]).toEqual([['1'], 0])
  })

  test('a refresh that fails is the error of the result, with its class', async () => {
    const bench = createBench(takes(9))
    bench.failure = new ReauthorizationRequiredError('Sign in.', { reason: 'refresh-token-refused' })
    const { error } = await bench.query()
    expect(error?.networkError).toSatisfy(isReauthorizationRequiredError)
    expect(bench.sent).toEqual(['1'])
  })

  test.each([
    ['errors', json(unauthenticated), '[GraphQL] no'],
    [
      'a bare 401',
      () => new Response(null, { status: 401, statusText: 'Unauthorized' }),
      '[Network] Unauthorized',
    ],
  ])(
    'where no newer token comes, the refusal (%s) stands and nothing is sent twice',
    async (_what, refusal, message) => {
      const bench = createBench(refusal)
      Object.defineProperty(bench, 'token', { get: () => 1, set: () => {} })
      const { error } = await bench.query()
      expect(error?.message).toBe(message)
      expect(bench.sent).toEqual(['1'])
    },
  )

  test('an operation that is executed again is a new one: it may be retried again', async () => {
    const bench = createBench(token => takes(bench.sent.length < 3 ? 2 : 3)(token))
    const first = await bench.query()
    expect(first.data).toEqual(fine.data)
    bench.sent.length = 2
    const again = new Promise<OperationResult>(resolve => {
      const request = bench.client.createRequestOperation('query', first.operation, {
        ...first.operation.context,
        requestPolicy: 'network-only',
      })
      bench.client.executeRequestOperation(request).subscribe(result => {
        if (!result.stale) resolve(result)
      })
    })
    expect((await again).data).toEqual(fine.data)
    expect(bench.sent.slice(2)).toEqual(['2', '3'])
  })

  test('a mutation is retried, too, with its variables', async () => {
    const bench = createBench(takes(2))
    const rename = gql`
      mutation Rename($id: ID!) {
        rename(id: $id) {
          id
        }
      }
    `
    expect((await bench.client.mutation(rename, { id: '7' }).toPromise()).error).toBeUndefined()
    expect(bench.sent).toEqual(['1', '2'])
  })

  const charge = gql`
    mutation Charge {
      charge {
        id
      }
      log
    }
  `
  const inPart = { data: { charge: { id: '7', __typename: 'Charge' }, log: null }, ...unauthenticated }

  test('F43 a mutation that has done something is not sent again: what it answered is the result', async () => {
    const bench = createBench(takes(2, json(inPart)))
    const { data, error } = await bench.client.mutation(charge, {}).toPromise()
    expect([data, error?.graphQLErrors.length]).toEqual([inPart.data, 1])
    expect([bench.sent, bench.settled]).toEqual([['1'], ['rejected']])
  })

  const deep = { ...unauthenticated.errors[0], path: ['vehicles', 0, 'id'] }

  test('a query whose data came with a refused field is sent again', async () => {
    const bench = createBench(takes(2, json({ data: { vehicles: [{ id: null }] }, errors: [deep] })))
    expect((await bench.query()).data).toEqual(fine.data)
  })

  test('a function that resolves to a token is enough, and is told when it must be another', async () => {
    let count = 1
    const sent: (string | null)[] = []
    const getToken = async (asked?: { forceRefresh?: boolean | undefined }): Promise<string> => {
      if (asked?.forceRefresh === true) count += 1
      return `fake-${count}`
    }
    const client = new Client({
      url,
      preferGetMethod: false,
      exchanges: [authExchange(accessTokenAuth(toSource(getToken, { baseUrl: url }))), fetchExchange],
      fetch: async (_input, init) => {
        sent.push(new Headers(init?.headers).get('authorization'))
        return takes(2)(count)
      },
    })
    expect((await client.query(vehicles, {}).toPromise()).data).toEqual(fine.data)
    expect(sent).toEqual(['Bearer fake-1', 'Bearer fake-2'])
  })

  test('asks the predicate of the application where there is one', async () => {
    const own = json({ errors: [{ message: 'gone', extensions: { code: 'SESSION_GONE' } }] })
    const isRefused: AccessTokenAuthOptions['isRefused'] = errors =>
      errors.some(({ extensions }) => extensions?.['code'] === 'SESSION_GONE')
    const bench = createBench(takes(2, own), { isRefused })
    expect((await bench.query()).data).toEqual(fine.data)
  })

  test('whoever leaves while the token is awaited sends nothing', async () => {
    const bench = createBench(takes(1))
    const subscription = bench.client.query(vehicles, {}).subscribe(() => undefined)
    subscription.unsubscribe()
    await new Promise(resolve => void setImmediate(resolve))
    expect(bench.sent).toEqual([])
  })
})
