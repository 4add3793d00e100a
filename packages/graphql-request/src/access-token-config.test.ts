import { ReauthorizationRequiredError, toSource } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { ClientError, gql, GraphQLClient } from 'graphql-request'
import { describe, expect, test } from 'vitest'
import { accessTokenConfig } from './access-token-config.ts'
import { accessTokenMiddleware } from './access-token-middleware.ts'

const url = 'https://api.example.test/graphql'
const vehicles = gql`
  query Vehicles {
    vehicles {
      id
    }
  }
`
const fine = { vehicles: [{ id: '7' }] }
const refusal = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }

interface Bench {
  readonly source: AccessTokenSource
  readonly sent: string[]
  readonly send: typeof globalThis.fetch
  failure: Error | undefined
}

/** A source whose tokens count up with each refusal, and an API that takes the tokens from `least` on. */
function createBench(least: number, refuse = (): Response => Response.json(refusal)): Bench {
  let count = 1
  const bench: Bench = {
    failure: undefined,
    sent: [],
    source: {
      authorize: async (request, options) => {
        options?.signal?.throwIfAborted()
        if (bench.failure && options?.replayOf) throw bench.failure
        const headers = new Headers({ authorization: `Bearer fake-${count}` })
        return { url: String(request.url), headers }
      },
      settle: (_attempt, result) => {
        if (result !== 'rejected' && result.status !== 401) return 'done'
        count += 1
        return 'replay'
      },
    } as Partial<AccessTokenSource> as AccessTokenSource,
    send: async (_input, init) => {
      const headers = new Headers(init?.headers)
      bench.sent.push(`${headers.get('authorization')} ${headers.get('x-own') ?? ''}`.trim())
      return count >= least ? Response.json({ data: fine }) : refuse()
    },
  }
  return bench
}

const clientOf = ({ source, send }: Bench): GraphQLClient =>
  new GraphQLClient(url, { ...accessTokenConfig(source, { fetch: send }), headers: { 'x-own': 'mine' } })

describe('graphql-request with an access token', () => {
  test('C32 sends it with each request, beside the headers of the application', async () => {
    const bench = createBench(1)
    const client = clientOf(bench)
    expect(await client.request(vehicles)).toEqual(fine)
    expect(await client.rawRequest(vehicles)).toMatchObject({ status: 200, data: fine })
    expect(bench.sent).toEqual(['Bearer fake-1 mine', 'Bearer fake-1 mine'])
  })

  test.each([
    ['UNAUTHENTICATED', () => Response.json(refusal)],
    ['401', () => new Response('no', { status: 401 })],
  ])('C33 %s is answered with one refresh and one retry', async (_what, refuse) => {
    const bench = createBench(2, refuse)
    expect(await clientOf(bench).request(vehicles)).toEqual(fine)
    expect(bench.sent).toEqual(['Bearer fake-1 mine', 'Bearer fake-2 mine'])
  })

  test('C33 an API that refuses every token gets two requests, and its error is thrown', async () => {
    const bench = createBench(9)
    const error: unknown = await clientOf(bench)
      .request(vehicles)
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ClientError)
    expect((error as ClientError).response.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED')
    expect(bench.sent).toHaveLength(2)
  })

  test('C33 a batch in which one answer refuses the token is sent again, whole', async () => {
    const bench = createBench(2, () => Response.json([{ data: fine }, refusal]))
    const sendBatch: typeof globalThis.fetch = async (input, init) => {
      const answer = await bench.send(input, init)
      return bench.sent.length === 2 ? Response.json([{ data: fine }, { data: fine }]) : answer
    }
    const client = new GraphQLClient(url, accessTokenConfig(bench.source, { fetch: sendBatch }))
    const answers = await client.batchRequests([{ document: vehicles }, { document: vehicles }])
    expect(answers.map(({ data }) => data)).toEqual([fine, fine])
    expect(bench.sent).toHaveLength(2)
  })

  test('a refresh that fails rejects the request with its own error', async () => {
    const bench = createBench(9)
    bench.failure = new ReauthorizationRequiredError('Sign in.', { reason: 'refresh-token-refused' })
    await expect(clientOf(bench).request(vehicles)).rejects.toBe(bench.failure)
  })

  test('a signal ends the wait for the token', async () => {
    const bench = createBench(1)
    const signal = AbortSignal.abort(new Error('left'))
    await expect(clientOf(bench).request({ document: vehicles, signal })).rejects.toThrow('left')
    expect(bench.sent).toEqual([])
  })
})

test('a function that resolves to a token is enough, and is told when it must be another', async () => {
  let count = 1
  const bench = createBench(9)
  const getToken = async (asked?: { forceRefresh?: boolean | undefined }): Promise<string> => {
    if (asked?.forceRefresh === true) count += 1
    return `fake-${count}`
  }
  const client = new GraphQLClient(
    url,
    accessTokenConfig(toSource(getToken, { baseUrl: url }), { fetch: bench.send }),
  )
  await expect(client.request(vehicles)).rejects.toThrow(ClientError)
  expect(bench.sent).toEqual(['Bearer fake-1', 'Bearer fake-2'])
})

describe('the middleware', () => {
  test('only attaches the token, and keeps the rest of the request', async () => {
    const bench = createBench(9)
    const client = new GraphQLClient(url, {
      fetch: bench.send,
      headers: { 'x-own': 'mine', authorization: 'Bearer fake-own' },
      requestMiddleware: accessTokenMiddleware(bench.source),
    })
    await expect(client.request(vehicles)).rejects.toThrow(ClientError)
    expect(bench.sent).toEqual(['Bearer fake-1 mine'])
  })

  test('C75 hands the signal of a request on', async () => {
    const bench = createBench(1)
    const client = new GraphQLClient(url, {
      fetch: bench.send,
      requestMiddleware: accessTokenMiddleware(bench.source),
    })
    const signal = AbortSignal.abort(new Error('left'))
    await expect(client.request({ document: vehicles, signal })).rejects.toThrow('left')
    expect(bench.sent).toEqual([])
  })

  test('lets a request that must not be sent fail before it is', async () => {
    const bench = createBench(1)
    const authorize = async (): Promise<never> => Promise.reject(new Error('not allowed'))
    const source = { authorize } as Partial<AccessTokenSource> as AccessTokenSource
    const client = new GraphQLClient(url, {
      fetch: bench.send,
      requestMiddleware: accessTokenMiddleware(source),
    })
    await expect(client.request(vehicles)).rejects.toThrow('not allowed')
    expect(bench.sent).toEqual([])
  })
})
