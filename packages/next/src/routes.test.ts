import { describe, expect, test, vi } from 'vitest'
import { createApiProxyRoutes } from './api-proxy-routes.ts'
import { createAuthRoutes } from './auth-routes.ts'
import { createSessionWorld } from './session-world.test-support.ts'
import { waitUntilAfter } from './wait-until-after.ts'

const next = vi.hoisted(() => ({ connections: 0, work: [] as unknown[], isInRequest: true }))

vi.mock('next/server.js', async original => ({
  ...(await original<object>()),
  connection: async () => void next.connections++,
  after: (work: unknown) => {
    if (!next.isInRequest) throw new Error('outside a request')
    next.work.push(work)
  },
}))

const ownHeaders = { 'x-evergrant': '1', origin: 'https://app.test', 'sec-fetch-site': 'same-origin' }

describe('the routes', () => {
  test('wait for a connection before anything else, so that none is prerendered', async () => {
    const { sessions, emulator } = createSessionWorld('store')
    const auth = createAuthRoutes(sessions)
    const api = createApiProxyRoutes(sessions, {
      target: emulator.travis.endpoints().apiUrl,
      allow: ['GET vehicles'],
    })
    const request = new Request('https://app.test/api/auth/session', { headers: ownHeaders })
    const params = Promise.resolve({ path: ['vehicles'] })
    for (const route of [auth.GET, auth.POST, ...Object.values(api)]) {
      const before = next.connections
      await route(request, { params })
      expect(next.connections).toBe(before + 1)
    }
  })

  test('tell the address of the client only as they are told to', async () => {
    const { sessions, emulator } = createSessionWorld('store')
    const [customer] = emulator.travis.credentials.customers
    const clientAddress = vi.fn<(request: Request) => string | undefined>(() => '192.0.2.7')
    const { POST } = createAuthRoutes(sessions, { clientAddress })
    const answer = await POST(
      new Request('https://app.test/api/auth/sign-in', {
        method: 'POST',
        headers: { ...ownHeaders, 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.8' },
        body: JSON.stringify(customer),
      }),
    )
    expect(answer.status).toBe(200)
    expect(clientAddress).toHaveBeenCalledOnce()
  })

  test.each([
    ['vehicles', { path: ['vehicles'] }, 200],
    ['locations', { path: ['locations'] }, 404],
    ['vehicles%2F7', { path: ['vehicles/7'] }, 400],
    ['vehicles', { path: ['other'] }, 404],
  ])('pass %s on below where the file is: %j is answered %i', async (path, params, status) => {
    const { sessions, emulator, signedIn } = createSessionWorld('store')
    const { GET } = createApiProxyRoutes(sessions, {
      target: emulator.travis.endpoints().apiUrl,
      allow: ['GET vehicles', 'GET vehicles/*'],
      send: emulator.fetch,
    })
    const headers = { ...ownHeaders, cookie: await signedIn() }
    const request = new Request(`https://app.test/anywhere/${path}`, { headers })
    expect((await GET(request, { params: Promise.resolve(params) })).status).toBe(status)
  })
})

describe('waitUntilAfter', () => {
  test('hands work to Next, and outside a request does nothing', () => {
    const work = Promise.resolve()
    waitUntilAfter(work)
    expect(next.work).toEqual([work])
    next.isInRequest = false
    expect(() => waitUntilAfter(work)).not.toThrow()
    expect(next.work).toHaveLength(1)
  })
})
