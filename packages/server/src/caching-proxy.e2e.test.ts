import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request as send } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { findProgram } from '@evergrant/testing/machine'
import { afterEach, describe, expect, test } from 'vitest'
import { createApiProxyHandler } from './api-proxy/api-proxy-handler.ts'
import { createAuthHandler } from './auth-handler.ts'
import { toNodeListener } from './node.ts'
import { fakeKey } from './sessions.test-support.ts'
import type { Mode } from './sessions.test-support.ts'
import { createSessions } from './sessions.ts'

type Listener = (...args: Parameters<RequestListener>) => unknown

const nginx = findProgram('nginx')
const endings: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

async function listen(listener: Listener): Promise<string> {
  const server: Server = createServer(
    { maxHeaderSize: 65_536 },
    (request, response) => void listener(request, response),
  )
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An API that tells which token it was asked with, and invites every cache to keep that. */
const echo: Listener = (request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=3600, s-maxage=3600',
    expires: new Date(Date.now() + 3_600_000).toUTCString(),
    'x-accel-expires': '3600',
    'cdn-cache-control': 'max-age=3600',
  })
  response.end(JSON.stringify({ token: request.headers.authorization }))
}

/** A cache in front of the application that looks at the URL alone and obeys the answers' headers. */
async function startCache(application: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'evergrant-nginx-'))
  const free = createServer()
  await new Promise<void>(resolve => void free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise(resolve => void free.close(resolve))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${directory}/${name};`,
  )
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${directory}/pid; error_log stderr error;
events { worker_connections 1024; }
http { access_log off; ${temporary.join(' ')}
  large_client_header_buffers 8 32k;
  proxy_cache_path ${directory}/cache keys_zone=cache:10m;
  upstream application { server ${new URL(application).host}; keepalive 64; }
  server { listen 127.0.0.1:${port};
    location / { proxy_pass http://application; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;
      proxy_cache cache; proxy_cache_key $request_uri; proxy_cache_methods GET HEAD POST; add_header x-cache $upstream_cache_status; } } }`,
  )
  const running: ChildProcess = spawn(nginx ?? '', ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  endings.push(async () => {
    const ended = new Promise(resolve => running.once('exit', resolve))
    running.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true })
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await fetch(`${url}/public`).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (isUp) return url
    await pause(50)
  }
  throw new Error('nginx does not answer.')
}

interface User {
  readonly cookie: string
  readonly signInId: string
  readonly token: string
}

interface Application {
  readonly url: string
  readonly users: readonly User[]
  /** Lets every access token expire. */
  readonly expire: () => void
}

async function startApplication(mode: Mode, count: number): Promise<Application> {
  let skippedMs = 0
  const clock: Clock = {
    ...systemClock,
    wall: () => systemClock.wall() + skippedMs,
    monotonic: () => systemClock.monotonic() + skippedMs,
  }
  const emulator = createEmulator({ now: () => clock.wall() })
  const { customerClient, customers } = emulator.travis.credentials
  const { clientId, clientSecret } = customerClient
  const apiUrl = `${await listen(echo)}/`
  const sessions = createSessions({
    authorization: travis.customers({ clientId, clientSecret, apiUrl }),
    store: memoryStore({ clock }),
    clock,
    fetch: emulator.fetch,
    allowInsecureLoopback: true,
    tokensIn: mode,
    ...(mode === 'cookie' && { keys: fakeKey }),
  })
  endings.push(() => sessions.dispose())
  const auth = createAuthHandler(sessions, { tokenMediation: true })
  const api = createApiProxyHandler(sessions, { prefix: '/api', target: apiUrl, allow: ['GET vehicles'] })
  const cacheable = (): Response =>
    new Response('public', { headers: { 'cache-control': 'public, max-age=3600' } })
  // Each handler as it is given to the bridge: that is the way that builds no Response.
  const routes = {
    public: toNodeListener(cacheable),
    auth: toNodeListener(auth),
    api: toNodeListener(api),
  }
  const url = await listen((request, response) => {
    const name = request.url?.split('/')[1] ?? ''
    return routes[name === 'public' || name === 'auth' ? name : 'api'](request, response)
  })
  const users: User[] = []
  for (let index = 0; index < count; index++) {
    const session = sessions.for(new Request('http://localhost/'))
    await session.signIn(customers[index % 2] ?? customers[0])
    const state = await session.getState()
    if (state.status !== 'authenticated') throw new Error('Nobody is signed in.')
    const cookie = session.setCookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    users.push({ cookie, signInId: state.signInId, token: await session.getAccessToken() })
  }
  return { url, users, expire: () => void (skippedMs += 301_000) }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>>
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function ask(url: string, cookie: string, method = 'GET'): Promise<Answer> {
  const headers = { cookie, 'x-evergrant': '1', 'sec-fetch-site': 'same-origin', host: 'localhost' }
  return new Promise((resolve, reject) => {
    const sent = send(url, { agent, method, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => {
        const body = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text }
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Runs `work` for everyone, so many at a time, in an order that mixes them. */
async function interleave(users: readonly User[], work: (user: User) => Promise<void>): Promise<void> {
  const order = users.map((user, index) => [(index * 7919) % users.length, user] as const)
  const queue = order.toSorted(([left], [right]) => left - right).map(([, user]) => user)
  const worker = async (): Promise<void> => {
    for (let user = queue.pop(); user !== undefined; user = queue.pop()) await work(user)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
}

describe.skipIf(nginx === undefined)('behind a cache that obeys headers', () => {
  test('F16 C70 ten thousand interleaved users get not one foreign token', { timeout: 120_000 }, async () => {
    const { url, users } = await startApplication('store', 10_000)
    const cache = await startCache(url)
    expect((await ask(`${cache}/public`, '')).headers['x-cache']).toBe('HIT')
    let foreign = 0
    const states = new Set<unknown>()
    await interleave(users, async ({ cookie, signInId, token }) => {
      const [session, vehicles] = await Promise.all([
        ask(`${cache}/auth/session`, cookie),
        ask(`${cache}/api/vehicles`, cookie),
      ])
      if (session.body['signInId'] !== signInId || vehicles.body['token'] !== `Bearer ${token}`) foreign++
      for (const { status, headers } of [session, vehicles])
        states.add(`${status} ${String(headers['x-cache'])}`)
    })
    expect(foreign).toBe(0)
    expect([...states]).toEqual(['200 MISS'])
    // Who has signed out gets nothing more, also with the very same cookie.
    const { cookie } = users[0] ?? { cookie: '' }
    expect((await ask(`${cache}/auth/sign-out`, cookie, 'POST')).status).toBe(200)
    expect((await ask(`${cache}/api/vehicles`, cookie)).status).toBe(401)
  })

  test(
    'F16 C70 a thousand users whose cookies and tokens are renewed on the way get not one of another',
    { timeout: 120_000 },
    async () => {
      const { url, users, expire } = await startApplication('cookie', 1000)
      const cache = await startCache(url)
      expire()
      const renewed = new Set<string>()
      let foreign = 0
      await interleave(users, async ({ cookie, signInId, token }) => {
        const mediated = await ask(`${cache}/auth/token`, cookie, 'POST')
        const vehicles = await ask(`${cache}/api/vehicles`, cookie)
        const fresh = String(mediated.body['accessToken'])
        if (mediated.body['signInId'] !== signInId || vehicles.body['token'] !== `Bearer ${fresh}`) foreign++
        if (fresh !== token && mediated.headers['set-cookie'] !== undefined) renewed.add(fresh)
      })
      expect([foreign, renewed.size]).toEqual([0, 1000])
      // Whoever comes without a session afterwards finds nothing of the others.
      expect((await ask(`${cache}/api/vehicles`, '')).status).toBe(401)
      expect((await ask(`${cache}/auth/session`, '')).body).toMatchObject({ status: 'unauthenticated' })
    },
  )
})
