import { ApolloClient, gql, InMemoryCache, ServerError } from '@apollo/client'
import { passwordGrant } from '@evergrant/core'
import { isReauthorizationRequiredError, isSupersededError } from '@evergrant/core/source'
import { buildSchema, parse } from 'graphql'
import type { Client } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/http'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { accessTokenEvents } from './access-token-events.ts'
import type { AccessTokenEventsOptions } from './access-token-events.ts'
import { Bench, unauthenticated } from './bench.test-support.ts'
import { eventsLink } from './events-link.ts'
import type { ExpiringSource } from './expiry-watch.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5))
}

/** A server on loopback that counts up for its subscribers, and a client with a token manager. */
async function createEventsBench(expiresInS?: number) {
  const state = {
    received: [] as { readonly url: string; readonly headers: IncomingHttpHeaders }[],
    refuses: (_token: string): number | undefined => undefined,
    left: 0,
    ends: false,
  }
  let position = 0
  const schema = buildSchema('type Query { a: Int } type Subscription { position: Int }')
  const rootValue = {
    position: async function* () {
      yield { position: ++position }
      if (!state.ends) await new Promise(() => undefined)
    },
  }
  const handler = createHandler({
    onSubscribe: (_request, { query }) => ({
      schema,
      document: parse(query),
      rootValue,
      contextValue: undefined,
    }),
  })
  const server = createServer((request, response) => {
    state.received.push({ url: request.url ?? '', headers: request.headers })
    response.on('close', () => state.left++)
    const code = state.refuses(String(request.headers.authorization).replace('Bearer ', ''))
    if (code === undefined) return void handler(request, response)
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(unauthenticated))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const bench = new Bench(`${origin}/`, expiresInS)
  const make = (source: ExpiringSource, more: Partial<AccessTokenEventsOptions> = {}): Client => {
    const client = accessTokenEvents(source, {
      url: `${origin}/stream`,
      clock: bench.clock,
      random: () => 0,
      retry: async () => undefined,
      ...more,
    })
    closing.unshift(() => client.dispose())
    return client
  }
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const breakStreams = (): void => server.closeAllConnections()
  return { bench, state, origin, make, breakStreams, client: make(bench.manager) }
}

const payload = { query: 'subscription { position }' }

/** Subscribes, and keeps what comes. */
function subscribe(client: Client) {
  const seen: unknown[] = []
  const leave = client.subscribe(payload, {
    next: ({ data }) => seen.push(data?.['position']),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  })
  return { seen, leave }
}

const tokensOf = ({
  received,
}: {
  readonly received: readonly { readonly headers: IncomingHttpHeaders }[]
}) => received.map(({ headers }) => headers.authorization)

describe('a stream of events', () => {
  test('C32 is asked for with the token', async () => {
    const { client, state } = await createEventsBench()
    state.ends = true
    const { seen } = subscribe(client)
    await until(() => seen.length === 2)
    expect([seen, tokensOf(state)]).toEqual([[1, 'complete'], ['Bearer fake-1']])
  })

  test('goes on over a new request shortly before the token ends, and nobody notices', async () => {
    const { bench, client, state } = await createEventsBench(300)
    const { seen } = subscribe(client)
    for (let round = 1; round <= 3; round++) {
      await until(() => seen.length === round)
      await bench.clock.advance(270_000)
    }
    await until(() => seen.length === 4 && state.left === 3)
    expect(seen).toEqual([1, 2, 3, 4])
    expect(tokensOf(state)).toEqual([1, 2, 3, 4].map(count => `Bearer fake-${count}`))
  })

  test.each(['the token ends', 'the stream breaks'])(
    'C74 does not go on in the name of the next person when %s',
    async when => {
      const { bench, client, state, breakStreams } = await createEventsBench(300)
      const { seen } = subscribe(client)
      await until(() => seen.length === 1)
      // Then the next person's token lives longer than the one in use.
      await bench.clock.advance(1000)
      await bench.manager.signIn(passwordGrant({ username: 'bob', password: 'fake-password' }))
      await bench.clock.advance(when === 'the token ends' ? 270_000 : 0)
      if (when === 'the stream breaks') breakStreams()
      await until(() => seen.length > 1)
      expect(seen).toEqual([1, expect.toSatisfy(isSupersededError)])
      expect(tokensOf(state)).toEqual(['Bearer fake-1'])
      // Whoever subscribes now is the next person.
      const next = subscribe(client)
      await until(() => next.seen.length > 0)
      expect(next.seen).toEqual([2])
    },
  )

  test('stays as it is while the authorization server is down', async () => {
    const { bench, client, state } = await createEventsBench(300)
    const { seen } = subscribe(client)
    await until(() => seen.length === 1)
    bench.isDown = true
    await bench.clock.advance(600_000)
    expect([seen, state.received.length, state.left]).toEqual([[1], 1, 0])
  })

  test.each([401, 200])('C33 that is refused (%d) is answered with one refresh and one retry', async code => {
    const { bench, client, state } = await createEventsBench()
    await bench.refuseCurrentToken()
    state.refuses = token => (token === 'fake-1' ? code : undefined)
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect([seen, tokensOf(state)]).toEqual([[1], ['Bearer fake-1', 'Bearer fake-2']])
  })

  test.each([401, 200])(
    'C33 F43 that is always refused (%d) ends with an error, after two requests',
    async code => {
      const { bench, client, state } = await createEventsBench()
      await bench.refuseCurrentToken()
      state.refuses = () => code
      const { seen } = subscribe(client)
      await until(() => seen.length > 0)
      expect(seen).toEqual([expect.toSatisfy(error => ServerError.is(error) && error.statusCode === code)])
      expect([state.received.length, bench.tokenRequests]).toEqual([2, 2])
    },
  )

  test('F58 is not asked for where somebody must sign in: that is the error', async () => {
    const { bench, client, state } = await createEventsBench()
    await bench.manager.signOut()
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect([seen, state.received]).toEqual([[expect.toSatisfy(isReauthorizationRequiredError)], []])
  })

  test('goes through the proxy, without a token', async () => {
    const { make, origin, state } = await createEventsBench()
    const proxied: ExpiringSource = {
      authorize: async () => ({ url: `${origin}/api/stream`, headers: new Headers({ 'x-evergrant': '1' }) }),
      getAccessToken: () => Promise.reject(new Error('none')),
      settle: () => 'done',
    }
    const { seen } = subscribe(make(proxied, { url: 'https://api.example.test/stream' }))
    await until(() => seen.length > 0)
    expect(state.received).toMatchObject([{ url: '/api/stream', headers: { 'x-evergrant': '1' } }])
    expect(tokensOf(state)).toEqual([undefined])
  })

  test('ends when the last one leaves, and no timer is left', async () => {
    const { bench, client, state } = await createEventsBench(300)
    const { seen, leave } = subscribe(client)
    await until(() => seen.length > 0)
    leave()
    await until(() => state.left === 1)
    await bench.clock.advance(600_000)
    expect([state.received.length, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('can be iterated, and ends with the client', async () => {
    const { client, state } = await createEventsBench()
    const seen: unknown[] = []
    for await (const { data } of client.iterate(payload)) {
      seen.push(data)
      client.dispose()
    }
    await until(() => state.left === 1)
    expect(seen).toEqual([{ position: 1 }])
  })

  test('serves the subscriptions of Apollo', async () => {
    const { bench, client } = await createEventsBench(300)
    const apollo = new ApolloClient({ cache: new InMemoryCache(), link: eventsLink(client) })
    const query = gql`
      subscription Positions {
        position
      }
    `
    const seen: unknown[] = []
    const subscription = apollo.subscribe({ query }).subscribe(({ data }) => seen.push(data))
    await until(() => seen.length === 1)
    await bench.clock.advance(270_000)
    await until(() => seen.length === 2)
    subscription.unsubscribe()
    expect(seen).toEqual([{ position: 1 }, { position: 2 }])
  })
})
