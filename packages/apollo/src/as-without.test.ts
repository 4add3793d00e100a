import { ApolloLink, CombinedGraphQLErrors, gql, ServerError } from '@apollo/client'
import type { ApolloClient } from '@apollo/client'
import { BatchHttpLink } from '@apollo/client/link/batch-http'
import { ErrorLink } from '@apollo/client/link/error'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { RetryLink } from '@apollo/client/link/retry'
import { settle } from '@evergrant/testing'
import { version } from 'graphql'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bench, fine, json, unauthenticated } from './bench.test-support.ts'
import type { Received } from './bench.test-support.ts'

const query = gql`
  query Vehicle {
    vehicle {
      id
      name
    }
  }
`
const rename = gql`
  mutation Rename($name: String!) {
    rename(name: $name) {
      id
      name
    }
  }
`

/** The link, or a place where there is none, with headers and URL by hand. */
const places = [
  { title: 'without the link', isThere: false },
  { title: 'with the link', isThere: true },
]
const none = (bench: Bench): ApolloLink =>
  new ApolloLink((operation, forward) => {
    const authorization = `Bearer fake-${bench.tokenRequests}`
    operation.setContext(({ headers }) => ({
      uri: 'https://api.example.test/v1/graphql',
      headers: { ...headers, authorization },
    }))
    return forward(operation)
  })
const at = (bench: Bench, isThere: boolean): ApolloLink => (isThere ? bench.link() : none(bench))

const bodyOf = ({ body }: Received): Record<string, unknown> => body as Record<string, unknown>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets time pass until a call is over. */
async function passing<T>(call: Promise<T>): Promise<T> {
  const state = { isOver: false }
  const over = (): void => void (state.isOver = true)
  call.then(over, over)
  for (let round = 0; !state.isOver && round < 200; round++) {
    await settle()
    await vi.advanceTimersByTimeAsync(50)
  }
  return call
}

test('these tests run with the version of graphql that they are for', () => {
  expect(version.split('.')[0]).toBe(process.env['GRAPHQL_MAJOR'])
})

describe.each(places)('Apollo Client behaves as ever $title', ({ isThere }) => {
  const clientOf = (bench: Bench): ApolloClient => bench.client(at(bench, isThere), bench.http())

  test('with its cache policies', async () => {
    const bench = new Bench()
    const client = clientOf(bench)
    const names: unknown[] = []
    let count = 0
    bench.answers = () => json({ data: { vehicle: { ...fine.vehicle, name: `Van ${++count}` } } })
    for (const fetchPolicy of [
      'cache-first',
      'cache-first',
      'network-only',
      'cache-only',
      'no-cache',
    ] as const) {
      const { data } = await client.query<typeof fine>({ query, fetchPolicy })
      names.push(data?.vehicle.name)
    }
    expect(names).toEqual(['Van 1', 'Van 1', 'Van 2', 'Van 2', 'Van 3'])
  })

  test('with an optimistic update, which goes when the answer comes', async () => {
    const bench = new Bench()
    const client = clientOf(bench)
    await client.query({ query })
    const seen: unknown[] = []
    client.watchQuery<typeof fine>({ query }).subscribe(({ data }) => {
      const { vehicle } = data as typeof fine
      seen.push(vehicle.name)
    })
    bench.answers = () => json({ data: { rename: { ...fine.vehicle, name: 'of the server' } } })
    const optimisticResponse = { rename: { ...fine.vehicle, name: 'optimistic' } }
    await client.mutate({ mutation: rename, variables: { name: 'new' }, optimisticResponse })
    await settle()
    expect(seen).toEqual(['Van', 'optimistic', 'of the server'])
  })

  test('with polling', async () => {
    const bench = new Bench()
    const client = clientOf(bench)
    const seen: unknown[] = []
    const polled = client
      .watchQuery<typeof fine>({ query, pollInterval: 100, notifyOnNetworkStatusChange: false })
      .subscribe(({ data }) => seen.push(data))
    await settle()
    for (let round = 0; round < 3; round++) {
      await vi.advanceTimersByTimeAsync(100)
      await settle()
    }
    polled.unsubscribe()
    await vi.advanceTimersByTimeAsync(500)
    expect(bench.received).toHaveLength(4)
    expect(seen).toContainEqual(fine)
  })

  test('with batches', async () => {
    const bench = new Bench()
    const batches = new BatchHttpLink({ fetch: bench.fetch, batchInterval: 20, batchMax: 25 })
    const client = bench.client(at(bench, isThere), batches)
    const operations = Array.from({ length: 50 }, (_, index) =>
      client.query({ query: gql(`query Q${index} { vehicle { id name } }`) }),
    )
    for (const { data } of await passing(Promise.all(operations))) expect(data).toEqual(fine)
    expect(bench.received.map(({ body }) => (body as unknown[]).length)).toEqual([25, 25])
  })

  test('with persisted queries that the server does not know yet', async () => {
    const bench = new Bench()
    const known = new Set<unknown>()
    bench.answers = (_token, received) => {
      const { query: sent, extensions } = bodyOf(received)
      const { sha256Hash } = (extensions as { persistedQuery: { sha256Hash: string } }).persistedQuery
      if (sent === undefined && !known.has(sha256Hash))
        return json({ errors: [{ message: 'PersistedQueryNotFound' }] })
      known.add(sha256Hash)
      return json({ data: fine })
    }
    const persisted = new PersistedQueryLink({ sha256: async text => `hash of ${text.length}` })
    for (const links of [
      [persisted, at(bench, isThere), bench.http()],
      [at(bench, isThere), persisted, bench.http()],
    ]) {
      known.clear()
      bench.received.length = 0
      const client = bench.client(...links)
      expect((await client.query({ query })).data).toEqual(fine)
      expect((await client.query({ query, fetchPolicy: 'network-only' })).data).toEqual(fine)
      expect(bench.received.map(received => 'query' in bodyOf(received))).toEqual([false, true, false])
    }
  })

  test.each(['before', 'behind'])('with a RetryLink %s it, when the API cannot be reached', async order => {
    const bench = new Bench()
    let failures = 2
    bench.answers = () => {
      if (failures-- > 0) throw new TypeError('fetch failed')
      return json({ data: fine })
    }
    const retry = new RetryLink({ delay: { initial: 100, jitter: false } })
    const link = at(bench, isThere)
    const client = bench.client(...(order === 'before' ? [retry, link] : [link, retry]), bench.http())
    expect((await passing(client.query({ query }))).data).toEqual(fine)
    expect(bench.received).toHaveLength(3)
  })

  test.each(['before', 'behind'])('with an ErrorLink %s it, which answers an error', async order => {
    const bench = new Bench()
    bench.answers = (_token, { headers }) =>
      headers.has('x-again') ? json({ data: fine }) : json({ errors: [{ message: 'odd' }] })
    const seen: unknown[] = []
    const errors = new ErrorLink(({ error, operation, forward }) => {
      seen.push(error.message)
      operation.setContext(({ headers }) => ({ headers: { ...headers, 'x-again': '1' } }))
      return forward(operation)
    })
    const link = at(bench, isThere)
    const client = bench.client(...(order === 'before' ? [errors, link] : [link, errors]), bench.http())
    expect((await client.query({ query })).data).toEqual(fine)
    expect([seen, bench.received.length]).toEqual([['odd'], 2])
  })
})

describe('one expiry', () => {
  test('F44 with batches refreshes once, and sends each batch once more', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = (_token, { body }) => json((body as unknown[]).map(() => unauthenticated))
    const client = bench.client(bench.link(), new BatchHttpLink({ fetch: bench.fetch, batchMax: 25 }))
    const operations = Array.from({ length: 50 }, (_, index) =>
      client.query({ query: gql(`query Q${index} { vehicle { id name } }`) }),
    )
    for (const { data } of await passing(Promise.all(operations))) expect(data).toEqual(fine)
    expect([bench.tokens, bench.tokenRequests]).toEqual([['fake-1', 'fake-1', 'fake-2', 'fake-2'], 2])
  })

  test('in a batch repeats the refused operation alone', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = () => json([{ data: fine }, unauthenticated])
    const client = bench.client(bench.link(), new BatchHttpLink({ fetch: bench.fetch }))
    const operations = [query, gql('query Second { vehicle { id name } }')].map(document =>
      client.query({ query: document }),
    )
    for (const { data } of await passing(Promise.all(operations))) expect(data).toEqual(fine)
    expect(bench.received.map(({ body }) => (body as unknown[]).length)).toEqual([2, 1])
  })

  test('with persisted queries keeps the hash alone in the replay', async () => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    const persisted = new PersistedQueryLink({ sha256: async () => 'hash', useGETForHashedQueries: true })
    expect((await bench.client(persisted, bench.link(), bench.http()).query({ query })).data).toEqual(fine)
    expect(bench.received.map(({ method, url }) => [method, new URL(url).searchParams.has('query')])).toEqual(
      [
        ['GET', false],
        ['GET', false],
      ],
    )
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
  })

  test('in polling is answered each time anew', async () => {
    const bench = new Bench()
    const client = bench.client()
    const seen: unknown[] = []
    const polled = client.watchQuery({ query, pollInterval: 100 }).subscribe(({ error }) => seen.push(error))
    await settle()
    for (let round = 0; round < 2; round++) {
      await bench.refuseCurrentToken()
      await vi.advanceTimersByTimeAsync(100)
      await settle()
    }
    polled.unsubscribe()
    expect(bench.tokens).toEqual(['fake-1', 'fake-1', 'fake-2', 'fake-2', 'fake-3'])
    expect(seen.filter(Boolean)).toEqual([])
  })

  test.each(['before', 'behind'])('with an ErrorLink %s the link', async order => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    const seen: boolean[] = []
    const errors = new ErrorLink(({ error }) => void seen.push(CombinedGraphQLErrors.is(error)))
    const links = order === 'before' ? [errors, bench.link()] : [bench.link(), errors]
    expect((await bench.client(...links, bench.http()).query({ query })).data).toEqual(fine)
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
    // One that stands before the link sees what is left in the end: nothing.
    expect(seen).toEqual(order === 'before' ? [] : [true])
  })

  test.each(['before', 'behind'])('F43 with a RetryLink %s the link that leaves 401 alone', async order => {
    const bench = new Bench()
    await bench.refuseCurrentToken()
    bench.refuses = bench.answers = () => new Response('no', { status: 401 })
    const isWorthIt = (error: unknown): boolean => !(ServerError.is(error) && error.statusCode === 401)
    const retry = new RetryLink({ attempts: (count, _operation, error) => count < 5 && isWorthIt(error) })
    const links = order === 'before' ? [retry, bench.link()] : [bench.link(), retry]
    const asked = passing(bench.client(...links, bench.http()).query({ query }))
    await expect(asked).rejects.toMatchObject({ statusCode: 401 })
    expect(bench.tokens).toEqual(['fake-1', 'fake-2'])
  })
})
