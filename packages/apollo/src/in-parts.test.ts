import { ApolloLink, gql } from '@apollo/client'
import { Defer20220824Handler } from '@apollo/client/incremental'
import { ApolloClient, InMemoryCache } from '@apollo/client'
import { settle } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { Bench, unauthenticated } from './bench.test-support.ts'

const query = gql`
  query Vehicle {
    vehicle {
      id
      ... @defer {
        name
      }
    }
  }
`
const subscription = gql`
  subscription Positions {
    position
  }
`

/** An answer whose parts come one by one. */
const parts = (specification: string, ...bodies: object[]): Response => {
  const lines = bodies.map(body => `\r\n---\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(body)}`)
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const line of [...lines, '\r\n-----\r\n']) {
        controller.enqueue(new TextEncoder().encode(line))
        await Promise.resolve()
      }
      controller.close()
    },
  })
  return new Response(stream, {
    headers: { 'content-type': `multipart/mixed; boundary="-"; ${specification}` },
  })
}
const deferred = (...bodies: object[]): Response => parts('deferSpec=20220824', ...bodies)
const subscribed = (...bodies: object[]): Response => parts('subscriptionSpec=1.0', ...bodies)

const start = { data: { vehicle: { __typename: 'Vehicle', id: '7' } }, hasNext: true }
const rest = {
  incremental: [{ path: ['vehicle'], data: { __typename: 'Vehicle', name: 'Van' } }],
  hasNext: false,
}
const restRefused = {
  incremental: [{ path: ['vehicle'], data: { __typename: 'Vehicle', name: null }, ...unauthenticated }],
  hasNext: false,
}

const clientOf = (bench: Bench): ApolloClient =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([bench.link(), bench.http()]),
    incrementalHandler: new Defer20220824Handler(),
  })

describe('@defer', () => {
  test('passes the parts on', async () => {
    const bench = new Bench()
    bench.answers = () => deferred(start, rest)
    expect((await clientOf(bench).query({ query })).data).toMatchObject({ vehicle: { id: '7', name: 'Van' } })
    expect(bench.received).toHaveLength(1)
  })

  test('C33 a refusal in the first part is answered with one refresh and one retry', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => deferred({ ...unauthenticated, data: null, hasNext: false })
    bench.answers = () => deferred(start, rest)
    expect((await clientOf(bench).query({ query })).data).toMatchObject({ vehicle: { id: '7', name: 'Van' } })
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
  })

  test('if the refresh fails, all parts of the first answer are delivered', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.isDown = true
    bench.refuses = () => deferred({ ...start, ...unauthenticated }, rest)
    const { data, error } = await clientOf(bench).query({ query, errorPolicy: 'all' })
    expect(data).toMatchObject({ vehicle: { id: '7', name: 'Van' } })
    expect(error?.message).toBe('no')
    expect(bench.received).toHaveLength(1)
  })

  test('a refusal in a later part is passed on', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => deferred(start, restRefused)
    const { data, error } = await clientOf(bench).query({ query, errorPolicy: 'all' })
    expect([data, error?.message]).toMatchObject([{ vehicle: { id: '7', name: null } }, 'no'])
    expect(bench.received).toHaveLength(1)
  })
})

describe('a subscription over HTTP', () => {
  const collect = async (bench: Bench): Promise<unknown[]> => {
    const seen: unknown[] = []
    clientOf(bench)
      .subscribe({ query: subscription, fetchPolicy: 'no-cache' })
      .subscribe({
        next: ({ data, error }) => seen.push(error?.message ?? data),
        complete: () => seen.push('complete'),
      })
    await settle()
    await settle()
    return seen
  }
  const position = (value: number): object => ({ payload: { data: { position: value } } })

  test('passes what comes on', async () => {
    const bench = new Bench()
    bench.answers = () => subscribed(position(1), position(2), { payload: null })
    expect(await collect(bench)).toEqual([{ position: 1 }, { position: 2 }, 'complete'])
  })

  test.each([
    ['of the operation', { payload: unauthenticated }],
    ['of the protocol', { payload: null, ...unauthenticated }],
  ])(
    'C33 a refusal %s at the beginning is answered with one refresh and one retry',
    async (_title, refusal) => {
      const bench = new Bench()
      await bench.refuseCurrentToken()
      bench.refuses = () => subscribed(refusal)
      bench.answers = () => subscribed(position(1), { payload: null })
      expect(await collect(bench)).toEqual([{ position: 1 }, 'complete'])
      expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
    },
  )

  test('a refusal later on is shown, and whoever subscribes again has a new token', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => subscribed(position(1), { payload: null, ...unauthenticated })
    expect(await collect(bench)).toEqual([{ position: 1 }, 'no', 'complete'])
    bench.answers = () => subscribed(position(2), { payload: null })
    expect(await collect(bench)).toEqual([{ position: 2 }, 'complete'])
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
  })
})
