import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, execute, parse, subscribe, validate } from 'graphql'
import { createClient } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createWorld } from './world.test-support.ts'

const schema = buildSchema('type Query { id: Int } type Subscription { counted: Int }')
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Counts for ever for whoever comes with a good token. */
async function startServer(isGood: (header: string | null) => boolean): Promise<string> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  const roots = {
    subscription: {
      async *counted() {
        for (let counted = 1; ; counted++) {
          yield { counted }
          await new Promise(resolve => void setTimeout(resolve, 5))
        }
      },
    },
  }
  const onConnect = ({
    connectionParams,
  }: {
    connectionParams?: Readonly<Record<string, unknown>> | undefined
  }) => isGood(String(connectionParams?.['authorization']))
  // Of this copy of graphql: the schema is of no other.
  const graphql = { parse, validate, execute, subscribe }
  const served = useServer({ schema, roots, onConnect, ...graphql }, sockets)
  await new Promise<void>(resolve => void http.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    await served.dispose()
    http.close()
  })
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
}

test('getAccessToken is asked with each connection of graphql-ws, so that a new one has a fresh token', async () => {
  const world = createWorld(() => new Response())
  const client = createClient({
    url: await startServer(world.isGood),
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    connectionParams: async () => ({ authorization: `Bearer ${await world.tokens.getAccessToken()}` }),
  })
  closing.push(
    () => client.dispose(),
    () => world.tokens.dispose(),
  )
  const events = client.iterate<{ counted: number }>({ query: 'subscription { counted }' })
  const next = async (): Promise<unknown> => (await events.next()).value?.data?.counted
  expect([await next(), await next()]).toEqual([1, 2])
  await world.clock.advance(301_000)
  client.terminate()
  // What was counted before the connection ended may still come.
  while ((await next()) !== 1);
  expect(await next()).toBe(2)
  expect(world.issued()).toBe(2)
})
