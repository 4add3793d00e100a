import { ApolloClient, gql, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { passwordGrant } from '@evergrant/core'
import {
  isAccessTokenNotExposedError,
  isOriginNotAllowedError,
  isReauthorizationRequiredError,
  isSupersededError,
} from '@evergrant/core/source'
import { buildSchema } from 'graphql'
import type { Client } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { accessTokenSocket } from './access-token-socket.ts'
import type { AccessTokenSocketOptions } from './access-token-socket.ts'
import { Bench } from './bench.test-support.ts'
import type { ExpiringSource } from './expiry-watch.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5))
}

/** A server on loopback that counts up for its subscribers, and a client with a token manager. */
async function createSocketBench(options: Partial<AccessTokenSocketOptions> = {}, expiresInS?: number) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const bench = new Bench(`http://127.0.0.1:${port}/`, expiresInS)
  const state = {
    /** The first messages that came. */
    params: [] as unknown[],
    /** The codes that closed connections. */
    closed: [] as number[],
    /** How a connection with this token is refused; undefined: it is accepted. */
    refuses: (_token: string): number | undefined => undefined,
    connections: 0,
  }
  server.on('connection', socket => {
    state.connections++
    socket.on('close', code => state.closed.push(code))
  })
  const { dispose } = useServer(
    {
      schema: buildSchema('type Query { a: Int } type Subscription { position: Int }'),
      roots: {
        subscription: {
          position: async function* () {
            yield { position: 1 }
            await new Promise(() => undefined)
          },
        },
      },
      onConnect: ({ connectionParams, extra }) => {
        state.params.push(connectionParams)
        const code = state.refuses(String(connectionParams?.['Authorization']).replace('Bearer ', ''))
        if (code !== undefined) extra.socket.close(code, 'refused')
        return code === undefined
      },
    },
    server,
  )
  const make = (source: ExpiringSource, more: Partial<AccessTokenSocketOptions> = {}): Client => {
    const client = accessTokenSocket(source, {
      url: `ws://127.0.0.1:${port}/graphql`,
      webSocketImpl: WebSocket,
      clock: bench.clock,
      random: () => 0,
      ...options,
      ...more,
    })
    closing.unshift(async () => client.dispose())
    return client
  }
  closing.push(async () => {
    await dispose()
    server.close()
  })
  return { bench, state, server, make, client: make(bench.manager) }
}

/** Subscribes, and keeps what comes. */
function subscribe(client: Client) {
  const seen: unknown[] = []
  const leave = client.subscribe(
    { query: 'subscription { position }' },
    {
      next: ({ data }) => seen.push(data?.['position']),
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push('complete'),
    },
  )
  return { seen, leave }
}

const authorization = (count: number): object => ({ Authorization: `Bearer fake-${count}` })

describe('a socket', () => {
  test('has the token in its first message', async () => {
    const { client, state } = await createSocketBench()
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect([seen, state.params]).toEqual([[1], [authorization(1)]])
  })

  test('has the token where the server looks for it', async () => {
    const { client, state } = await createSocketBench({
      connectionParams: async accessToken => ({ headers: { Authorization: `Bearer ${accessToken}` } }),
    })
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect(state.params).toEqual([{ headers: authorization(1) }])
  })

  test('begins anew shortly before the token ends, and all subscriptions go on', async () => {
    const { bench, client, state } = await createSocketBench({}, 300)
    const subscriptions = [subscribe(client), subscribe(client)]
    for (let round = 1; round <= 3; round++) {
      await until(() => subscriptions.every(({ seen }) => seen.length === round))
      await bench.clock.advance(270_000)
    }
    await until(() => subscriptions.every(({ seen }) => seen.length === 4))
    expect(state.params).toEqual([1, 2, 3, 4].map(authorization))
    expect(state.closed).toEqual([4499, 4499, 4499])
  })

  test('stays where the end of the token is unknown, and no timer is left', async () => {
    const { bench, make, state } = await createSocketBench({}, 300)
    const { authorize, getAccessToken, settle: settled } = bench.manager
    const { seen } = subscribe(make({ authorize, getAccessToken, settle: settled }))
    await until(() => seen.length > 0)
    await bench.clock.advance(3_600_000)
    expect([state.connections, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test.each([4401, 4403])('C33 that is closed with %d begins anew with a new token, once', async code => {
    const { bench, client, state } = await createSocketBench()
    await bench.refuseCurrentToken()
    state.refuses = token => (token === 'fake-1' ? code : undefined)
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect([seen, state.params, bench.tokenRequests]).toEqual([[1], [authorization(1), authorization(2)], 2])
  })

  test.each([4401, 4403])(
    'C33 F43 that is always closed with %d ends with that event, after two connections',
    async code => {
      const { bench, client, state } = await createSocketBench()
      await bench.refuseCurrentToken()
      state.refuses = () => code
      const subscriptions = [subscribe(client), subscribe(client)]
      await until(() => subscriptions.every(({ seen }) => seen.length > 0))
      for (const { seen } of subscriptions) expect(seen).toEqual([expect.objectContaining({ code })])
      expect([state.connections, bench.tokenRequests]).toEqual([2, 2])
    },
  )

  test('C33 that is refused while it lives begins anew, and again after it was accepted', async () => {
    const { bench, client, server } = await createSocketBench()
    const { seen } = subscribe(client)
    for (let round = 1; round <= 3; round++) {
      await until(() => seen.length === round)
      await bench.clock.advance(60_000)
      for (const socket of server.clients) socket.close(4403, 'expired')
    }
    await until(() => seen.length === 4)
    expect([seen, bench.tokenRequests]).toEqual([[1, 1, 1, 1], 4])
  })

  test('C34 refused late, begins anew with the current token and refreshes nothing', async () => {
    const { bench, client, state, server } = await createSocketBench()
    const { seen } = subscribe(client)
    await until(() => seen.length === 1)
    await bench.clock.advance(60_000)
    await bench.manager.getAccessToken({ forceRefresh: true })
    for (const socket of server.clients) socket.close(4401, 'expired')
    await until(() => seen.length === 2)
    expect([state.params, bench.tokenRequests]).toEqual([[authorization(1), authorization(2)], 2])
  })

  test('C34 with a refusal and no newer token ends with the refusal', async () => {
    const { bench, client, state } = await createSocketBench()
    await bench.refuseCurrentToken()
    bench.isDown = true
    state.refuses = () => 4401
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect(seen).toEqual([expect.objectContaining({ code: 4401 })])
    expect(state.params).toEqual([authorization(1)])
  })

  test('begins anew by the clock of the platform, too', async () => {
    const { bench, make, state } = await createSocketBench()
    let expiresAt = Date.now() + 1200
    const getAccessToken: ExpiringSource['getAccessToken'] = async () => {
      expiresAt += 300_000
      return 'fake'
    }
    const source = { authorize: bench.manager.authorize, settle: bench.manager.settle, getAccessToken }
    const { seen } = subscribe(make(source, { clock: undefined, expiresAt: () => expiresAt }))
    await until(() => seen.length === 2)
    expect([seen, state.closed]).toEqual([[1, 1], [4499]])
  })

  test.each(['the token ends', 'the connection breaks'])(
    'C74 does not go on in the name of the next person when %s',
    async when => {
      const { bench, make, state, server } = await createSocketBench({}, 300)
      const client = make(bench.manager, { retryWait: async () => undefined })
      const subscriptions = [subscribe(client), subscribe(client)]
      await until(() => subscriptions.every(({ seen }) => seen.length === 1))
      await bench.clock.advance(1000)
      await bench.manager.signIn(passwordGrant({ username: 'bob', password: 'fake-password' }))
      if (when === 'the token ends') await bench.clock.advance(270_000)
      else for (const socket of server.clients) socket.terminate()
      await until(() => subscriptions.every(({ seen }) => seen.length > 1))
      for (const { seen } of subscriptions) expect(seen).toEqual([1, expect.toSatisfy(isSupersededError)])
      expect(state.params).toEqual([authorization(1)])
      // Whoever subscribes now is the next person.
      const next = subscribe(client)
      await until(() => next.seen.length > 0)
      expect([next.seen, state.params.at(-1)]).toEqual([[1], authorization(2)])
    },
  )

  test('C74 that breaks goes on for the same person, and refreshes nothing', async () => {
    const { bench, make, state, server } = await createSocketBench({}, 300)
    const { seen } = subscribe(make(bench.manager, { retryWait: async () => undefined }))
    await until(() => seen.length === 1)
    for (const socket of server.clients) socket.terminate()
    await until(() => seen.length === 2)
    expect([seen, state.params, bench.tokenRequests]).toEqual([[1, 1], [1, 1].map(authorization), 1])
  })

  test('C74 that everybody has left is of the next person', async () => {
    const { bench, client, state } = await createSocketBench({}, 300)
    const { seen, leave } = subscribe(client)
    await until(() => seen.length === 1)
    leave()
    await until(() => state.closed.length === 1)
    await bench.manager.signIn(passwordGrant({ username: 'bob', password: 'fake-password' }))
    const next = subscribe(client)
    await until(() => next.seen.length > 0)
    expect([next.seen, state.params]).toEqual([[1], [1, 2].map(authorization)])
  })

  test('F46 tries again while the authorization server is down', async () => {
    const { bench, make, state } = await createSocketBench()
    bench.isDown = true
    const retryWait = async (retries: number): Promise<void> => {
      bench.isDown = retries === 0
      await bench.clock.advance(60_000)
    }
    const { seen } = subscribe(make(bench.manager, { retryWait }))
    await until(() => seen.length > 0)
    expect([seen, state.params]).toEqual([[1], [authorization(3)]])
  })

  test('F58 tells that somebody must sign in, at once and with its class', async () => {
    const { bench, client, state } = await createSocketBench()
    await bench.manager.signOut()
    const { seen } = subscribe(client)
    await until(() => seen.length > 0)
    expect(seen).toEqual([expect.toSatisfy(isReauthorizationRequiredError)])
    expect(state.params).toEqual([])
  })

  test('C39 gives no token to a foreign origin', async () => {
    const { make, state } = await createSocketBench()
    const foreign = new Bench()
    const { seen } = subscribe(make(foreign.manager))
    await until(() => seen.length > 0)
    expect(seen).toEqual([expect.toSatisfy(isOriginNotAllowedError)])
    expect([state.connections, foreign.tokenRequests]).toEqual([0, 0])
  })

  test('F58 with a path for a URL ends with the reason, too, and connects nowhere', async () => {
    const { bench, make, state } = await createSocketBench()
    await bench.manager.signOut()
    const { seen } = subscribe(make(bench.manager, { url: 'graphql' }))
    await until(() => seen.length > 0)
    expect(seen).toEqual([expect.toSatisfy(isReauthorizationRequiredError)])
    expect(state.connections).toBe(0)
  })

  test('whose URL cannot be told ends with the reason', async () => {
    const { make } = await createSocketBench()
    const gone = new Error('no URL')
    const { seen } = subscribe(make(new Bench().manager, { url: () => Promise.reject(gone) }))
    await until(() => seen.length > 0)
    expect(seen).toEqual([gone])
  })

  test('in proxy mode says what to use instead', async () => {
    const { make } = await createSocketBench()
    const proxied: ExpiringSource = {
      authorize: async () => ({
        url: 'http://127.0.0.1:9/api',
        headers: new Headers({ 'x-evergrant': '1' }),
      }),
      getAccessToken: () => Promise.reject(new Error('none')),
      settle: () => 'done',
    }
    const { seen } = subscribe(make(proxied))
    await until(() => seen.length > 0)
    expect(seen).toEqual([expect.toSatisfy(isAccessTokenNotExposedError)])
  })

  test('leaves no timer behind when the last one leaves', async () => {
    const { bench, client, state } = await createSocketBench({}, 300)
    const { seen, leave } = subscribe(client)
    await until(() => seen.length > 0)
    leave()
    await until(() => state.closed.length > 0)
    await bench.clock.advance(600_000)
    expect([state.connections, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('serves the subscriptions of Apollo', async () => {
    const { client, bench, state } = await createSocketBench({}, 300)
    const apollo = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(client) })
    const seen: unknown[] = []
    const query = gql`
      subscription Positions {
        position
      }
    `
    const subscription = apollo.subscribe({ query }).subscribe(({ data }) => seen.push(data))
    await until(() => seen.length === 1)
    await bench.clock.advance(270_000)
    await until(() => seen.length === 2)
    subscription.unsubscribe()
    expect([seen, state.params]).toEqual([
      [{ position: 1 }, { position: 1 }],
      [authorization(1), authorization(2)],
    ])
  })
})
