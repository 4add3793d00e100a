import { afterEach, beforeEach, expect, test } from 'vitest'
import { Browser, startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

let gateway: TestGateway
let browser: Browser

beforeEach(async () => {
  gateway = await startTestGateway({ env: { TRUPHONE_CLIENT_ID: 'real', TRUPHONE_CLIENT_SECRET: 'real' } })
  browser = new Browser(gateway.url)
})

afterEach(() => gateway.close())

test('only the page of the gateway may break a provider', async () => {
  const foreign = { origin: 'https://attacker.example' }
  expect(await browser.post('/api/break/travis/expire', {}, foreign)).toMatchObject({ status: 403 })
  expect(await browser.post('/api/break/travis/expire', {}, { 'x-evergrant': '' })).toMatchObject({
    status: 403,
    body: { error: { code: 'cross_site_request' } },
  })
  const elsewhere = { 'sec-fetch-site': 'same-site' }
  expect(await browser.post('/api/break/travis/expire', {}, elsewhere)).toMatchObject({ status: 403 })
  expect(await browser.post('/api/break/travis/expire', {})).toMatchObject({ status: 200 })
})

test.each([
  ['scheme', (url: string) => url.replace('http:', 'https:')],
  ['host name', (url: string) => url.replace('127.0.0.1', 'localhost')],
])('a break from an origin that differs by its %s is refused', async (_name, other) => {
  const headers = { origin: other(gateway.url) }
  expect((await browser.post('/api/break/travis/expire', {}, headers)).status).toBe(403)
})

test.each([
  'truphone/expire',
  'iris/revoke-refresh-token',
  'trafficStars/revoke-refresh-token',
  'travis/constructor',
  'nobody/expire',
])('%s cannot be broken: 404', async path => {
  expect(await browser.post(`/api/break/${path}`, {})).toMatchObject({ status: 404 })
})

const path = {
  travis: '/api/travis-service/vehicles',
  trafficStars: '/api/trafficstars/campaigns',
  teamServer: '/api/team-server/datasources',
  iris: '/api/iris/assets',
} as const

test.each(Object.entries(path))(
  '%s: what was done before does not make a press wait',
  async (name, route) => {
    await browser.get(route)
    gateway.skip(10_000)
    for (const fault of ['refuse', 'server-error', 'expire', 'refuse', 'expire']) {
      expect(await browser.post(`/api/break/${name}/${fault}`, {})).toMatchObject({ status: 200 })
      for (let questions = 0; questions < 3; questions += 1) {
        expect((await browser.get(route)).status).toBeGreaterThan(200)
        gateway.skip(1000)
        if (fault === 'expire') break
      }
    }
    // The pause that follows every exchange, and no longer.
    gateway.skip(4100)
    expect((await browser.get(route)).status).toBe(200)
  },
)

test('two presses at once are done one after the other', async () => {
  const presses = ['refuse', 'expire'].map(fault => browser.post(`/api/break/iris/${fault}`, {}))
  expect((await Promise.all(presses)).map(({ status }) => status)).toEqual([200, 200])
  gateway.skip(6000)
  expect((await browser.get(path.iris)).status).toBe(200)
})

test('the status names what can be done to each provider: nothing to a real one', async () => {
  const { credentials } = (await browser.get('/api/status')).body as { credentials: { faults: string[] }[] }
  expect(credentials.map(({ faults }) => faults.length)).toEqual([5, 4, 5, 4, 0])
})

test('a page of another site may not listen to the events', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' }
  expect((await fetch(`${gateway.url}/api/events`, { headers })).status).toBe(403)
})

test('the built timeline is served as JavaScript, and nothing else of its package', async () => {
  const entry = await browser.get('/timeline/index.js')
  expect(entry.status).toBe(200)
  expect(entry.headers.get('content-type')).toMatch(/^text\/javascript/)
  expect((await browser.get('/timeline/index.d.ts')).status).toBe(404)
  expect((await browser.get('/timeline/..%2Fpackage.json')).status).toBe(404)
})
