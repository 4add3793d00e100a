import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { travis } from '@evergrant/providers'
import { createApiProxyHandler, createAuthHandler, createSessions } from '@evergrant/server'
import { toNodeListener } from '@evergrant/server/node'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { ForwardClock, withForwardAges } from '../fleet/fleet-clock.test-support.ts'

// One instance of an application with sessions, in a process of its own: `fork` with a task, then tell it the time.

/** Where the tokens of sessions are. */
export type SessionMode = 'store' | 'cookie'

/** What an instance is told when it starts. */
export interface InstanceTask {
  readonly mode: SessionMode
  readonly address: StoreAddress
  readonly apiUrl: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly aheadMs: number
}

/** What it says once it listens. */
export interface InstanceAnswer {
  readonly port: number
}

const [, , text] = process.argv
if (text !== undefined && process.send !== undefined) await run(JSON.parse(text) as InstanceTask)

async function run({ mode, address, aheadMs, ...provider }: InstanceTask): Promise<void> {
  const clock = new ForwardClock()
  clock.aheadMs = aheadMs
  const { store } = await connectStore(address)
  const sessions = createSessions({
    authorization: travis.customers(provider),
    store: withForwardAges(store, clock),
    clock,
    tokensIn: mode,
    ...(mode === 'cookie' && { keys: 'fake-session-key-Wm4tQ9xL2vB7nR5cK8' }),
    allowInsecureLoopback: true,
  })
  const auth = createAuthHandler(sessions, { tokenMediation: true, now: clock.wall })
  const api = createApiProxyHandler(sessions, {
    prefix: '/api/travis',
    target: provider.apiUrl,
    allow: ['GET vehicles'],
  })
  const handler = toNodeListener((request, context) =>
    new URL(request.url).pathname.startsWith('/api/auth/') ? auth(request, context) : api(request, context),
  )
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  process.on('message', newAheadMs => {
    clock.aheadMs = newAheadMs as number
    process.send?.('set')
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies InstanceAnswer)
}
