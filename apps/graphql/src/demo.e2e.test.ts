import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { TestDemo } from './page.test-support.ts'
import type { TokensName } from './settings.ts'

describe('the servers of the demo', () => {
  let demo: TestDemo

  beforeAll(async () => {
    demo = await TestDemo.start()
  })

  afterAll(async () => {
    await demo.close()
    expect(demo.faults).toEqual([])
  })

  const own = (): Record<string, string> => ({
    'x-evergrant': '1',
    origin: demo.url,
    'content-type': 'application/json',
  })

  async function signIn(name: TokensName, index: 0 | 1 = 0): Promise<string> {
    const response = await fetch(`${demo.url}/api/auth/${name}/sign-in`, {
      method: 'POST',
      headers: own(),
      body: JSON.stringify(demo.account(index)),
    })
    expect(response.status).toBe(200)
    return response.headers.get('set-cookie')?.split(';')[0] ?? ''
  }

  const post = (path: string, cookie: string): Promise<Response> =>
    fetch(`${demo.url}${path}`, { method: 'POST', headers: { ...own(), cookie } })

  async function accessToken(cookie: string): Promise<string> {
    const answer = (await (await post('/api/auth/mediated/token', cookie)).json()) as { accessToken: string }
    return answer.accessToken
  }

  async function ask(token: string, query: string, variables = {}): Promise<Record<string, unknown>> {
    const response = await fetch(demo.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Record<string, unknown>
  }

  test('one query asks all five providers, one of them by undici and one by axios', async () => {
    const token = await accessToken(await signIn('mediated'))
    const { data } = await ask(
      token,
      '{ fleet { id } simCards { total names } campaigns { total } dataSources { total } machines { total } }',
    )
    expect(data).toMatchObject({
      simCards: { total: 250, names: [expect.any(String), expect.any(String), expect.any(String)] },
      campaigns: { total: 240 },
      dataSources: { total: 220 },
      machines: { total: expect.any(Number) as number },
    })
    expect((data as { fleet: unknown[] }).fleet).toHaveLength(4)
    const asked = demo.emulator.journal.entries({ kind: 'api' }).map(({ provider }) => provider)
    expect(new Set(asked)).toEqual(new Set(['travis', 'truphone', 'trafficstars', 'team-server', 'iris']))
  })

  test('a customer notes something on vehicles of their own alone, and nobody else sees it', async () => {
    const [anna, luca] = [
      await accessToken(await signIn('mediated', 0)),
      await accessToken(await signIn('mediated', 1)),
    ]
    const { data } = await ask(anna, '{ fleet { id } }')
    const vehicleId = (data as { fleet: { id: string }[] }).fleet[0]?.id
    const setNote =
      'mutation ($vehicleId: ID!, $note: String!) { setNote(vehicleId: $vehicleId, note: $note) { note } }'
    expect(await ask(anna, setNote, { vehicleId, note: 'mine' })).toEqual({
      data: { setNote: { note: 'mine' } },
    })
    expect(JSON.stringify(await ask(luca, setNote, { vehicleId, note: 'mine, too' }))).toContain(
      'BAD_USER_INPUT',
    )
    expect(JSON.stringify(await ask(anna, setNote, { vehicleId, note: 'x'.repeat(81) }))).toContain(
      'at most 80',
    )
    expect(JSON.stringify(await ask(luca, '{ fleet { note } }'))).not.toContain('mine')
  })

  test('an API without a good token is refused as it was asked to be', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const headers = { 'content-type': 'application/json', authorization: 'Bearer fake', origin: demo.url }
    const asHttp = await fetch(demo.graphqlUrl, { method: 'POST', headers, body })
    const asBody = await fetch(`${demo.graphqlUrl}?refusals=body`, { method: 'POST', headers, body })
    expect([asHttp.status, asHttp.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ])
    expect([asBody.status, await asBody.text()]).toEqual([200, expect.stringContaining('UNAUTHENTICATED')])
  })

  test('pages of other sites read nothing of the API, by HTTP or by WebSocket', async () => {
    const allowed = (origin: string): Promise<string | null> =>
      fetch(demo.graphqlUrl, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      }).then(({ headers }) => headers.get('access-control-allow-origin'))
    expect(await allowed(demo.url)).toBe(demo.url)
    expect(await allowed('https://evil.example')).not.toBe('https://evil.example')
    const opened = (origin: string): Promise<boolean> =>
      new Promise(resolve => {
        const socket = new WebSocket(demo.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws', {
          origin,
        })
        socket.once('open', () => {
          socket.close()
          resolve(true)
        })
        socket.once('error', () => resolve(false))
      })
    expect([await opened(demo.url), await opened('https://evil.example')]).toEqual([true, false])
  })

  test('a socket is closed with 4403 when its token ends, and never opened with a bad one', async () => {
    const token = await accessToken(await signIn('mediated'))
    class OwnSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { origin: demo.url })
      }
    }
    const clients: Client[] = []
    const closeCode = (authorization: string, onEvent: () => void): Promise<number> =>
      new Promise(resolve => {
        const client = createClient({
          url: demo.graphqlUrl.replace('http', 'ws'),
          webSocketImpl: OwnSocket,
          retryAttempts: 0,
          connectionParams: { Authorization: authorization },
          on: { closed: event => resolve((event as { code: number }).code) },
        })
        clients.push(client)
        const sink = { next: onEvent, error: () => undefined, complete: () => undefined }
        client.subscribe({ query: 'subscription { positions { number } }' }, sink)
      })
    let events = 0
    const skip = (): void => {
      events += 1
      if (events === 2) demo.skip(30_000)
    }
    expect(await closeCode('Bearer fake', () => undefined)).toBe(4403)
    expect(await closeCode(`Bearer ${token}`, skip)).toBe(4403)
    expect(events).toBeGreaterThanOrEqual(2)
    for (const client of clients) await client.dispose()
  })

  test('the proxy takes operations of its own page alone, and hands out no token', async () => {
    const cookie = await signIn('proxy')
    expect((await post('/api/auth/proxy/token', cookie)).status).toBe(404)
    const through = (headers: Record<string, string>): Promise<number> =>
      fetch(`${demo.url}/api/fleet/graphql`, {
        method: 'POST',
        headers: { ...headers, cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ __typename }' }),
      }).then(({ status }) => status)
    expect(await through(own())).toBe(200)
    expect(await through({ ...own(), origin: 'http://127.0.0.1:1' })).toBe(403)
    expect((await post('/api/fleet/health', cookie)).status).toBe(404)
  })

  test('lets only its own page make a token expire, and none that was just issued', async () => {
    const cookie = await signIn('proxy')
    const headers = { origin: 'http://127.0.0.1:1', 'x-evergrant': '1', cookie }
    const foreign = await fetch(`${demo.url}/api/expire/proxy`, { method: 'POST', headers })
    expect([foreign.status, (await post('/api/expire/proxy', cookie)).status]).toEqual([403, 409])
    demo.skip(7000)
    expect((await post('/api/expire/proxy', cookie)).status).toBe(204)
    expect((await post('/api/expire/proxy', '')).status).toBe(401)
  })

  test('answers to no other host name, on either server', async () => {
    const status = (url: string): Promise<unknown> =>
      new Promise(resolve => {
        request(url, { headers: { host: 'evil.example' } }, response => {
          response.resume()
          resolve(response.statusCode)
        }).end()
      })
    expect([await status(demo.url), await status(demo.graphqlUrl)]).toEqual([421, 421])
  })

  test('allows scripts, styles and connections of its own, and the API’s origin', async () => {
    const policy = (await fetch(demo.url)).headers.get('content-security-policy') ?? ''
    const { origin } = new URL(demo.graphqlUrl)
    expect(policy).toContain(`connect-src 'self' ${origin} ${origin.replace('http', 'ws')};`)
    expect(policy).not.toMatch(/unsafe|\*/)
  })
})
