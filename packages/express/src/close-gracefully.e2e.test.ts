import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { AccessTokenSource, EvergrantEvent } from '@evergrant/core'
import { createTokenManager, isDisposedError } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import type { Response } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { route, serve, versions } from './express.test-support.ts'
import { accessTokens, apiProxy, closeGracefully, createEventRoute } from './index.ts'

const answerTo = async (url: string, agent: Agent | false = false): Promise<IncomingMessage> =>
  ((await once(get(url, { agent }), 'response')) as [IncomingMessage])[0]

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk as string
  return text
}

const connections = (server: Server): Promise<number> =>
  new Promise(resolve => void server.getConnections((_error, count) => resolve(count)))

describe.each(versions)('%s', (_version, express) => {
  test('a running request ends with its token, the event stream ends, and then managers are disposed', async () => {
    const emulator = createEmulator()
    const { clientId, clientSecret } = emulator.truphone.credentials
    const manager = createTokenManager(truphone({ clientId, clientSecret }), { fetch: emulator.fetch })
    const app = express()
    app.use(accessTokens({ truphone: manager }))
    app.get('/events', createEventRoute({ sources: { manager }, isEnabled: true, authorize: () => true }))
    app.get(
      '/slow',
      route(async (request, response) => {
        await pause(300)
        response.send(String((await request.tokens.truphone.getAccessToken()).length > 0))
      }),
    )
    const { url, server } = await serve(app)
    const events = await answerTo(`${url}/events`)
    const slow = answerTo(`${url}/slow`).then(textOf)
    await vi.waitFor(async () => expect(await connections(server)).toBe(2))
    const closed = closeGracefully(server, { disposables: [manager] })
    expect(await textOf(events)).toContain('event: token')
    expect(await slow).toBe('true')
    await closed
    await expect(manager.getAccessToken()).rejects.toSatisfy(isDisposedError)
    expect(await connections(server)).toBe(0)
    await expect(answerTo(`${url}/slow`)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('kept connections do not hold it up, and one that is used once more is told to close', async () => {
    const app = express()
    app.get('/quick', (_request, response) => void response.send('x'))
    const waiting: Response[] = []
    app.get('/slow', (_request, response) => void waiting.push(response))
    const { url, server } = await serve(app)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await textOf(await answerTo(`${url}/quick`, agent))
    const kept = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    kept.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    kept.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    const startedAt = performance.now()
    const closed = closeGracefully(server)
    await vi.waitFor(async () => expect(await connections(server)).toBe(1))
    kept.write('GET /quick HTTP/1.1\r\nHost: a\r\n\r\n')
    // Long enough for the request to be there, and for the idle connections to be swept.
    await pause(150)
    const ended = once(kept, 'close')
    waiting[0]?.send('y')
    await Promise.all([closed, ended])
    expect(text.match(/^Connection: .*$/gm)).toEqual(['Connection: keep-alive', 'Connection: close'])
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    agent.destroy()
  })

  test('a request that takes longer than the grace is cut off', async () => {
    const app = express()
    app.get('/never', () => {})
    const { url, server } = await serve(app)
    const never = answerTo(`${url}/never`).catch((error: unknown) => error)
    await vi.waitFor(async () => expect(await connections(server)).toBe(1))
    await closeGracefully(server, { graceMs: 50 })
    expect(await never).toBeInstanceOf(Error)
  })

  test('who listens at app.listen() is closed, and calling twice is closing once', async () => {
    const server = express().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const dispose = vi.fn(async () => {})
    const first = closeGracefully(server, { disposables: [{ dispose }] })
    expect(closeGracefully(server)).toBe(first)
    await first
    await closeGracefully(server, { disposables: [{ dispose }] })
    expect(dispose).toHaveBeenCalledOnce()
    expect(server.listening).toBe(false)
  })
})

test('an event stream that begins while the server closes ends as well', async () => {
  const [[, express]] = versions as [(typeof versions)[number]]
  const app = express()
  let admit: (isAllowed: boolean) => void = () => {}
  const unsubscribed = vi.fn()
  const manager = {
    subscribe: (_listener: (event: EvergrantEvent) => void) => unsubscribed,
    explain: () => ({ summary: 'All is well.' }) as never,
  }
  const authorize = vi.fn(() => new Promise<boolean>(resolve => (admit = resolve)))
  app.get('/events', createEventRoute({ sources: { manager }, isEnabled: true, authorize }))
  const { url, server } = await serve(app)
  const events = answerTo(`${url}/events`)
  await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
  const closed = closeGracefully(server)
  admit(true)
  await textOf(await events)
  await closed
  expect(unsubscribed).toHaveBeenCalledOnce()
})

test('a connection that was upgraded does not hold it up for longer than the grace', async () => {
  const [[, express]] = versions as [(typeof versions)[number]]
  const { url, server } = await serve(express())
  server.on('upgrade', (_request, socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
  await once(socket, 'data')
  await closeGracefully(server, { graceMs: 50 })
  socket.destroy()
})

test('the event stream of an API behind the proxy ends at once', async () => {
  const [[, express]] = versions as [(typeof versions)[number]]
  const upstream = express()
  const left = vi.fn()
  upstream.get('/events', (_request, response) => {
    response.once('close', left)
    response.set('Content-Type', 'text/event-stream').write(':\n\n')
  })
  const source = {
    authorize: async ({ url }: { url: string | URL }) => ({ url: String(url), headers: new Headers() }),
    settle: () => 'done' as const,
  } as unknown as AccessTokenSource
  const app = express()
  const target = (await serve(upstream)).url
  app.use('/api', apiProxy(source, { target: `${target}/`, allow: ['GET events'], authorize: () => true }))
  const { url, server } = await serve(app)
  const headers = { 'x-evergrant': '1', 'sec-fetch-site': 'same-origin' }
  const [events] = (await once(get(`${url}/api/events`, { agent: false, headers }), 'response')) as [
    IncomingMessage,
  ]
  await closeGracefully(server)
  await textOf(events)
  await vi.waitFor(() => expect(left).toHaveBeenCalled())
})

test('a server that never listened is closed, and what cannot be disposed is told after all others', async () => {
  const dispose = vi.fn()
  const failing = { dispose: () => Promise.reject(new Error('the store is down')) }
  await expect(closeGracefully(createServer(), { disposables: [failing, { dispose }] })).rejects.toThrow(
    'the store is down',
  )
  expect(dispose).toHaveBeenCalledOnce()
})

test('options that cannot work are refused, every one by name', () => {
  const options = { disposables: [{}], graceMs: -1 } as never
  expect(() => closeGracefully(undefined as never, options)).toThrow(
    /The server must be .*disposables\[0\] .*graceMs /s,
  )
})
