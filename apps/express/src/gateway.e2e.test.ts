import { request } from 'node:http'
import { expect, test } from 'vitest'
import { gatewayForEachTest } from './for-each-test.test-support.ts'
import { Browser } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

let gateway: TestGateway
let browser: Browser

gatewayForEachTest(started => {
  gateway = started
  browser = new Browser(gateway.url)
})

const routes: [path: string, total: number][] = [
  ['/api/travis-service/vehicles?page=1&size=2', 270],
  ['/api/trafficstars/campaigns?limit=2&offset=4', 240],
  ['/api/team-server/datasources?page=2&pageSize=2', 220],
  ['/api/iris/assets?page=0&size=2', 230],
  ['/api/truphone/sims?page=3&per_page=2', 250],
]

test.each(routes)('%s answers with records of the provider', async (path, total) => {
  const { status, body, headers } = await browser.get(path)
  expect(status).toBe(200)
  expect(body).toEqual({ records: [expect.any(Object), expect.any(Object)], total })
  expect(headers.get('cache-control')).toBe('no-store')
})

test.each(routes)('ten requests for %s at once cause one token request', async path => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => browser.get(path)))
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200))
  expect(gateway.emulator.journal.count({ kind: 'token' })).toBe(1)
})

test('paging is passed through: the second page starts where the first ends', async () => {
  const both = await browser.get('/api/truphone/sims?page=1&per_page=4')
  const second = await browser.get('/api/truphone/sims?page=2&per_page=2')
  expect((second.body as { records: unknown[] }).records).toEqual(
    (both.body as { records: unknown[] }).records.slice(2),
  )
})

test.each([
  ['/api/travis-service/vehicles?size=101', 'size must be a whole number from 1 to 100.'],
  ['/api/travis-service/vehicles?size=1&size=2', 'The query takes page and size, each at most once.'],
  ['/api/truphone/sims?page=0', 'page must be a whole number from 1 to 1000000.'],
  ['/api/trafficstars/campaigns?access_token=x', 'The query takes limit and offset, each at most once.'],
])('%s is refused before anything is sent', async (path, message) => {
  expect(await browser.get(path)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_parameter', message } },
  })
  expect(gateway.emulator.journal.count()).toBe(0)
})

test('an access token that has expired in between is replaced without anyone noticing', async () => {
  gateway.emulator.truphone.setLifetimes({ accessTokenMs: 60_000 })
  const first = await browser.get('/api/truphone/sims?per_page=1')
  gateway.skip(61_000)
  const second = await browser.get('/api/truphone/sims?per_page=1')
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.body).toEqual(first.body)
  const entries = gateway.emulator.journal.entries({ provider: 'truphone' })
  expect(entries.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'token 200',
    'api 200',
    'token 200',
    'api 200',
  ])
})

test('an access token that the API no longer takes is replaced, and the request sent once more', async () => {
  await browser.get('/api/iris/assets?size=1')
  gateway.skip(10_000)
  gateway.emulator.iris.revokeAccessTokens()
  expect((await browser.get('/api/iris/assets?size=1')).status).toBe(200)
  expect(gateway.emulator.journal.count({ provider: 'iris', kind: 'token' })).toBe(2)
})

test('the status tells how each credential is, and asking for it sends nothing', async () => {
  const before = (await browser.get('/api/status')).body
  expect(before).toMatchObject({
    credentials: [
      { name: 'travis', title: 'TRAVIS', isEmulated: true, state: 'unused', tokenRequests: 0 },
      { name: 'trafficStars', state: 'unused' },
      { name: 'teamServer', state: 'unused' },
      { name: 'iris', state: 'unused' },
      { name: 'truphone', state: 'unused' },
    ],
    customer: { state: 'signed-out', message: expect.stringContaining('Nobody is signed in') as string },
  })
  expect(gateway.emulator.journal.count()).toBe(0)
  await browser.get('/api/truphone/sims?per_page=1')
  const after = (await browser.get('/api/status')).body as { at: number; credentials: object[] }
  expect(after.credentials[4]).toMatchObject({
    state: 'fresh',
    tokenRequests: 1,
    lifetimeMs: 300_000,
    message: expect.stringContaining('The access token is used from memory') as string,
  })
  expect((after.credentials[4] as { expiresAt: number }).expiresAt - after.at).toBeGreaterThan(290_000)
})

test('no answer holds an access token or a secret', async () => {
  const [customer] = gateway.emulator.travis.credentials.customers
  await browser.post('/api/auth/sign-in', customer)
  const answers = await Promise.all(
    [...routes.map(([path]) => path), '/api/travis/vehicles', '/api/auth/session'].map(path =>
      browser.get(path),
    ),
  )
  const status = await browser.get('/api/status')
  const { examples, ...shown } = (status.body as { customer: { examples: object[] } }).customer
  const text = JSON.stringify([answers, { ...(status.body as object), customer: shown }])
  expect(examples).toHaveLength(3)
  expect(text).not.toMatch(/eyJ|secret|password|api-key/)
})

test('an unknown path is JSON with status 404', async () => {
  expect(await browser.get('/api/nowhere')).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found', message: 'The gateway serves nothing at GET /api/nowhere.' } },
  })
  expect((await browser.get('/api/customer/vehicles')).status).toBe(404)
  expect((await browser.get('/../../package.json')).status).toBe(404)
  expect((await browser.get('/api/%E0%A4%A')).status).toBe(404)
})

test('the page is served, with a policy that forbids everything inline', async () => {
  const page = await browser.get('/')
  expect(page.status).toBe(200)
  expect(page.body).toContain('<h1>Evergrant gateway</h1>')
  expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  const files = [...String(page.body).matchAll(/(?:src|href)="([a-z-]+\.(?:js|css|svg))"/g)].map(
    match => match[1] ?? '',
  )
  expect(files).toContain('page.js')
  for (const file of files) expect((await browser.get(`/${file}`)).status).toBe(200)
})

test('another host name is refused, because it may have been pointed here', async () => {
  const { port } = new URL(gateway.url)
  const status = await new Promise(resolve => {
    const sent = request(
      { port, path: '/api/travis-service/vehicles', headers: { host: 'attacker.example' } },
      answer => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    sent.end()
  })
  expect(status).toBe(421)
  expect(gateway.emulator.journal.count()).toBe(0)
})

test('a client that leaves early is no fault', async () => {
  gateway.emulator.truphone.faults.add({ kind: 'delay', ms: 500, on: 'token', times: 1 })
  const truphone = async (): Promise<unknown> =>
    ((await browser.get('/api/status')).body as { credentials: object[] }).credentials[4]
  const client = new AbortController()
  const left = fetch(`${gateway.url}/api/truphone/sims`, { signal: client.signal })
  await expect.poll(truphone).toMatchObject({ tokenRequests: 1 })
  client.abort()
  await expect(left).rejects.toThrow('aborted')
  // The exchange goes on for others. After it the gateway has long noticed that nobody waits for this answer.
  await expect.poll(truphone, { timeout: 5000 }).toMatchObject({ state: 'fresh' })
  expect(gateway.emulator.journal.count({ provider: 'truphone', kind: 'api' })).toBe(0)
  expect((await browser.get('/api/truphone/sims')).status).toBe(200)
})

test('a provider that refuses is told about, and the others go on', async () => {
  gateway.emulator.trafficStars.revokeApiKeys()
  expect(await browser.get('/api/trafficstars/campaigns')).toMatchObject({
    status: 502,
    body: {
      error: { code: 'credentials_rejected', message: expect.stringContaining('/v1/auth/token') as string },
    },
  })
  expect((await browser.get('/api/truphone/sims')).status).toBe(200)
  const { credentials } = (await browser.get('/api/status')).body as { credentials: object[] }
  expect(credentials[1]).toMatchObject({
    state: 'refused',
    failure: expect.stringContaining('trafficstars/v1/auth/token') as string,
  })
})
