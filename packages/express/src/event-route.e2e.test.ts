import { createServer, get } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { EvergrantEvent, Explanation } from '@evergrant/core'
import { createTokenManager } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import express from 'express'
import type { ErrorRequestHandler, Express } from 'express'
import { afterEach, expect, test, vi } from 'vitest'
import { createEventRoute } from './event-route.ts'
import type { EventRouteOptions, EventSourceManager } from './event-route.ts'

/** A source that tests make speak. */
class FakeSource implements EventSourceManager {
  readonly listeners = new Set<(event: EvergrantEvent) => void>()
  readonly subscribe = (listener: (event: EvergrantEvent) => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
  readonly explain = (): Explanation => ({ provider: 'fake', summary: 'All is well.' }) as Explanation

  tell(message: string): void {
    const event: EvergrantEvent = { type: 'warned', message, provider: 'fake', key: 'fake', at: 1 }
    for (const listener of this.listeners) listener(event)
  }
}

const servers: Server[] = []

async function serve(options: Partial<EventRouteOptions>): Promise<string> {
  const app = express()
  app.get('/events', createEventRoute({ sources: {}, isEnabled: true, authorize: () => true, ...options }))
  return serveApp(app)
}

async function serveApp(app: Express): Promise<string> {
  const server = createServer(app)
  servers.push(server)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

interface Listener {
  readonly answer: IncomingMessage
  readonly text: () => string
  readonly messages: () => { name: string; event?: EvergrantEvent; explanation: Explanation }[]
}

async function listen(url: string): Promise<Listener> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false }, resolve).on('error', reject)
  })
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  answer.on('error', () => {})
  const messages: Listener['messages'] = () =>
    [...text.matchAll(/^event: token\ndata: (.*)\n\n/gm)].map(match => JSON.parse(match[1] ?? '') as never)
  return { answer, text: () => text, messages }
}

test('a client gets each explanation at once, and then every event with its explanation', async () => {
  const [fleet, sims] = [new FakeSource(), new FakeSource()]
  const client = await listen(await serve({ sources: { fleet, sims } }))
  expect(client.answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  await vi.waitFor(() => expect(client.messages()).toHaveLength(2))
  const explanation = fleet.explain()
  expect(client.messages()).toEqual([
    { name: 'fleet', explanation },
    { name: 'sims', explanation },
  ])
  sims.tell('two\nlines')
  await vi.waitFor(() => expect(client.messages()).toHaveLength(3))
  expect(client.messages()[2]).toEqual({
    name: 'sims',
    event: { type: 'warned', message: 'two\nlines', provider: 'fake', key: 'fake', at: 1 },
    explanation,
  })
})

test('the events of a token manager are explained as they leave the credential, without a secret', async () => {
  const emulator = createEmulator()
  const { clientId, clientSecret } = emulator.truphone.credentials
  const manager = createTokenManager(truphone({ clientId, clientSecret }), { fetch: emulator.fetch })
  const client = await listen(await serve({ sources: { truphone: manager } }))
  const accessToken = await manager.getAccessToken()
  await vi.waitFor(() => expect(client.messages()).toHaveLength(3))
  expect(client.messages().map(({ event }) => event?.type)).toEqual([
    undefined,
    'exchange-started',
    'token-obtained',
  ])
  expect(client.messages()[2]?.explanation.accessToken?.lifetimeMs).toBe(300_000)
  expect(client.text()).not.toContain(accessToken)
  expect(client.text()).not.toContain(clientSecret)
  await manager.dispose()
})

test('a client that leaves is unsubscribed', async () => {
  const fleet = new FakeSource()
  const client = await listen(await serve({ sources: { fleet } }))
  expect(fleet.listeners.size).toBe(1)
  client.answer.destroy()
  await vi.waitFor(() => expect(fleet.listeners.size).toBe(0))
})

test('a comment keeps a silent connection', async () => {
  const client = await listen(await serve({ keepAliveMs: 10 }))
  await vi.waitFor(() => expect(client.text()).toMatch(/^:\n\n:\n\n/))
})

test('it answers 404 unless it is enabled, and asks nobody', async () => {
  const authorize = vi.fn(() => true)
  const response = await fetch(await serve({ isEnabled: undefined, authorize }))
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  expect(authorize).not.toHaveBeenCalled()
})

test.each([
  ['false', () => false],
  ['a promise of false', async () => false],
  ['something that is not true', () => 'yes' as unknown as boolean],
])('authorize says no by %s: 403 and no subscription', async (_what, authorize) => {
  const fleet = new FakeSource()
  const response = await fetch(await serve({ sources: { fleet }, authorize }))
  expect(response.status).toBe(403)
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(await response.json()).toMatchObject({ error: { code: 'not_authorized' } })
  expect(fleet.listeners.size).toBe(0)
})

test('authorize gets the request of Express, as earlier handlers left it', async () => {
  const authorize = vi.fn(() => false)
  await fetch(`${await serve({ authorize })}?page=2`)
  expect(authorize).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ query: { page: '2' }, path: '/events' }),
  )
})

test('what authorize throws goes to the error handlers', async () => {
  const failure = new Error('no database')
  const authorize = async (): Promise<boolean> => {
    throw failure
  }
  const app = express()
  app.get('/events', createEventRoute({ sources: {}, isEnabled: true, authorize }))
  const onError: ErrorRequestHandler = (error, _request, response, _next) =>
    void response.status(500).send(String(error === failure))
  app.use(onError)
  const response = await fetch(await serveApp(app))
  expect([response.status, await response.text()]).toEqual([500, 'true'])
})

test('C66 a page of another site is refused, and authorize is not asked', async () => {
  const authorize = vi.fn(() => true)
  const response = await fetch(await serve({ authorize }), { headers: { origin: 'https://evil.example' } })
  expect(response.status).toBe(403)
  expect(authorize).not.toHaveBeenCalled()
})

test('whoever leaves while authorize thinks about it is not subscribed', async () => {
  const fleet = new FakeSource()
  let answer = (_isAllowed: boolean): void => {}
  const authorize = vi.fn(() => new Promise<boolean>(resolve => (answer = resolve)))
  const url = await serve({ sources: { fleet }, authorize })
  const sent = get(url, { agent: false }).on('error', () => {})
  await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
  sent.destroy()
  await pause(50)
  answer(true)
  await pause(10)
  expect(fleet.listeners.size).toBe(0)
})

test('one client too many is answered 503, until one leaves', async () => {
  const url = await serve({ maxClients: 1 })
  const first = await listen(url)
  const second = await fetch(url)
  expect(second.status).toBe(503)
  expect(await second.json()).toMatchObject({ error: { code: 'too_many_clients' } })
  first.answer.destroy()
  await vi.waitFor(async () => {
    const { answer } = await listen(url)
    expect(answer.statusCode).toBe(200)
  })
})

test('a client that does not read is dropped', async () => {
  const fleet = new FakeSource()
  const client = await listen(await serve({ sources: { fleet } }))
  client.answer.pause()
  const text = 'x'.repeat(100_000)
  await vi.waitFor(
    () => {
      fleet.tell(text)
      expect(fleet.listeners.size).toBe(0)
    },
    { timeout: 10_000, interval: 1 },
  )
})

test('HEAD is answered and ends', async () => {
  const fleet = new FakeSource()
  const response = await fetch(await serve({ sources: { fleet } }), { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(fleet.listeners.size).toBe(0)
})

test('options that cannot work are refused, every one by name', () => {
  const options = { sources: { fleet: {} }, keepAliveMs: 0, maxClients: 0 } as unknown as EventRouteOptions
  expect(() => createEventRoute(options)).toThrow(/authorize .*sources\.fleet .*keepAliveMs .*maxClients /s)
})
