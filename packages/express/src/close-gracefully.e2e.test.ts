import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { AccessTokenSource, EvergrantEvent } from '@evergrant/core'
import { createTokenManager, isDisposedError } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import { describe, expect, test, vi } from 'vitest'
import { route, serve, versions } from './express.test-support.ts'
import { accessTokens, apiProxy, closeGracefully, createEventRoute } from './index.ts'

const answerTo = async (url: string): Promise<IncomingMessage> =>
  ((await once(get(url, { agent: false }), 'response')) as [IncomingMessage])[0]

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
