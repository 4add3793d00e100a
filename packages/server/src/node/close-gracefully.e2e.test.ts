import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { open, textOf } from '../servers.test-support.ts'
import { closeGracefully } from './close-gracefully.ts'
import { toNodeListener } from './node-listener.ts'

let server: Server = createServer()

afterEach(() => server.closeAllConnections())

async function serve(listener: RequestListener): Promise<number> {
  server = createServer(listener)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const connections = (): Promise<number> =>
  new Promise(resolve => void server.getConnections((_error, count) => resolve(count)))

const waiting: ServerResponse[] = []

const quickOrSlow: RequestListener = ({ url }, response) => {
  if (url === '/quick') response.end('x')
  else waiting.push(response)
}

test('kept connections do not hold it up, and one that is used once more is told to close', async () => {
  const port = await serve(quickOrSlow)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await textOf(await open(port, '/quick', { agent }))
  const kept = connect(port, '127.0.0.1')
  let text = ''
  kept.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  kept.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  const startedAt = performance.now()
  const closed = closeGracefully(server)
  await vi.waitFor(async () => expect(await connections()).toBe(1))
  kept.write('GET /quick HTTP/1.1\r\nHost: a\r\n\r\n')
  // Long enough for the request to be there, and for the idle connections to be swept.
  await pause(150)
  const ended = once(kept, 'close')
  waiting[0]?.end('y')
  await Promise.all([closed, ended])
  expect(text.match(/^Connection: .*$/gm)).toEqual(['Connection: keep-alive', 'Connection: close'])
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  agent.destroy()
})

test('a request that takes longer than the grace is cut off', async () => {
  const port = await serve(() => {})
  const never = open(port, '/never').catch((error: unknown) => error)
  await vi.waitFor(async () => expect(await connections()).toBe(1))
  await closeGracefully(server, { graceMs: 50 })
  expect(await never).toBeInstanceOf(Error)
})

test('the event stream of a handler ends, and nothing else that goes on', async () => {
  const body = (): ReadableStream => new ReadableStream({ start: each => each.enqueue(Buffer.from(':\n\n')) })
  const listener = toNodeListener(({ url }) => {
    const type = url.endsWith('/events') ? 'text/event-stream; charset=utf-8' : 'text/plain'
    return new Response(body(), { headers: { 'a-about': 'content-type', 'content-type': type } })
  })
  const port = await serve((incoming, outgoing) => void listener(incoming, outgoing))
  const [events, other] = [await open(port, '/events'), await open(port, '/other')]
  const closed = closeGracefully(server, { graceMs: 300 })
  expect(await textOf(events)).toBe(':\n\n')
  expect(other.destroyed).toBe(false)
  await expect(textOf(other)).rejects.toThrow('aborted')
  await closed
})

test('a connection that was upgraded does not hold it up for longer than the grace', async () => {
  const port = await serve(() => {})
  server.on('upgrade', (_request, socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
  await once(socket, 'data')
  await closeGracefully(server, { graceMs: 50 })
  socket.destroy()
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
