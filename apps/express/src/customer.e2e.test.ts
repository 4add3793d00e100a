import { afterEach, beforeEach, expect, test } from 'vitest'
import { Browser, startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

let gateway: TestGateway
let browser: Browser

beforeEach(async () => {
  gateway = await startTestGateway()
  browser = new Browser(gateway.url)
})

afterEach(async () => {
  expect(gateway.faults).toEqual([])
  await gateway.close()
})

const signIn = (who: Browser, index: 0 | 1 | 2 = 0): ReturnType<Browser['post']> => {
  const { username, password } = gateway.emulator.travis.credentials.customers[index]
  return who.post('/api/customer/sign-in', { username, password })
}

async function hauliersOf(who: Browser): Promise<unknown[]> {
  const { body } = await who.get('/api/customer/vehicles?size=100')
  return [
    ...new Set((body as { records: { customerId: string }[] }).records.map(({ customerId }) => customerId)),
  ]
}

const customerStatus = async (who: Browser): Promise<unknown> =>
  ((await who.get('/api/status')).body as { customer: unknown }).customer

test('before sign-in nothing is fetched', async () => {
  expect(await browser.get('/api/customer/vehicles')).toMatchObject({
    status: 401,
    body: { error: { code: 'reauthorization_required' } },
  })
  expect(gateway.emulator.journal.count()).toBe(0)
})

test('a customer signs in, sees their own vehicles only, and signs out', async () => {
  const answer = await signIn(browser)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toMatch(
    /^evergrant_session=[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
  expect(await customerStatus(browser)).toMatchObject({
    username: 'anna.devries@customer.example',
    state: 'fresh',
    tokenRequests: 1,
  })

  expect(await browser.post('/api/customer/sign-out', {})).toMatchObject({
    status: 200,
    body: { message: 'You are signed out.' },
  })
  expect(browser.cookie).toBeUndefined()
  expect(gateway.emulator.journal.count({ provider: 'travis', kind: 'logout' })).toBe(1)
  expect((await browser.get('/api/customer/vehicles')).status).toBe(401)
})

test('the password is used once: afterwards the refresh token keeps the customer signed in', async () => {
  await signIn(browser)
  gateway.skip(301_000)
  expect((await browser.get('/api/customer/vehicles')).status).toBe(200)
  const grants = gateway.emulator.journal.entries({ kind: 'token' }).map(({ grantType }) => grantType)
  expect(grants).toEqual(['password', 'refresh_token'])
})

test('two browsers never see each other’s customer', async () => {
  const other = new Browser(gateway.url)
  await Promise.all([signIn(browser, 0), signIn(other, 1)])
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
  expect(await hauliersOf(other)).toEqual(['haulier-adria'])
  await browser.post('/api/customer/sign-out', {})
  expect(await hauliersOf(other)).toEqual(['haulier-adria'])
  expect(await customerStatus(new Browser(gateway.url))).toMatchObject({ state: 'signed-out' })
})

test('signing in again gives another session id, and ends the earlier session', async () => {
  await signIn(browser, 0)
  const planted = browser.cookie
  await signIn(browser, 1)
  expect(browser.cookie).not.toBe(planted)
  expect(gateway.emulator.journal.count({ kind: 'logout' })).toBe(1)
  expect((await fetchWith(planted, '/api/customer/vehicles')).status).toBe(401)
})

test('a wrong password is told in a sentence, and the earlier customer stays', async () => {
  await signIn(browser, 0)
  const { cookie } = browser
  const wrong = { username: 'anna.devries@customer.example', password: 'fake-wrong-password' }
  expect(await browser.post('/api/customer/sign-in', wrong)).toMatchObject({
    status: 401,
    body: {
      error: { code: 'credentials_rejected', message: 'TRAVIS does not accept this user name and password.' },
    },
  })
  expect(browser.cookie).toBe(cookie)
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
})

test('after a restart the customer is told to sign in again', async () => {
  const restarted = await startTestGateway()
  await signIn(browser)
  const answer = await fetchWith(browser.cookie, '/api/customer/vehicles', restarted.url)
  const status = await fetchWith(browser.cookie, '/api/status', restarted.url)
  await restarted.close()
  expect(answer.status).toBe(401)
  expect(((await status.json()) as { customer: object }).customer).toMatchObject({
    state: 'signed-out',
    message: expect.stringMatching(
      /in memory only and has been restarted since\. Please sign in again\.$/,
    ) as string,
  })
})

test('a refused refresh token asks for a sign-in, and a new one helps', async () => {
  await signIn(browser)
  gateway.emulator.travis.revokeRefreshTokens()
  gateway.skip(301_000)
  expect((await browser.get('/api/customer/vehicles')).status).toBe(401)
  expect(await customerStatus(browser)).toMatchObject({ state: 'sign-in-needed' })
  await signIn(browser)
  expect((await browser.get('/api/customer/vehicles')).status).toBe(200)
})

test.each([
  ['without the header', { 'x-evergrant-gateway': '' }],
  ['without an origin', { origin: '' }],
  ['with another origin', { origin: 'https://attacker.example' }],
  ['with an opaque origin', { origin: 'null' }],
  ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['from another site', { 'sec-fetch-site': 'same-site' }],
])('a sign-in %s is refused before anything is sent', async (_name, headers) => {
  const { username, password } = gateway.emulator.travis.credentials.customers[0]
  const answer = await browser.post('/api/customer/sign-in', { username, password }, headers)
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'cross_site_request' } } })
  expect(browser.cookie).toBeUndefined()
  expect(gateway.emulator.journal.count()).toBe(0)
})

test.each([
  ['scheme', (url: string) => url.replace('http:', 'https:')],
  ['host name', (url: string) => url.replace('127.0.0.1', 'localhost')],
])('a sign-in from an origin that differs by its %s is refused', async (_name, other) => {
  const headers = { origin: other(gateway.url) }
  expect((await browser.post('/api/customer/sign-in', {}, headers)).status).toBe(403)
})

test('another site cannot sign a customer out', async () => {
  await signIn(browser)
  const answer = await browser.post('/api/customer/sign-out', {}, { origin: 'https://attacker.example' })
  expect(answer.status).toBe(403)
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
})

test.each([[{}], [{ username: 'anna' }], [{ username: ['anna'], password: {} }], [[]], ['text'], [null]])(
  'a sign-in with %j is refused before anything is sent',
  async body => {
    expect((await browser.post('/api/customer/sign-in', body)).status).toBe(400)
    expect(gateway.emulator.journal.count()).toBe(0)
  },
)

test('a body that is no JSON or too large is refused', async () => {
  const huge = { username: 'anna', password: 'x'.repeat(20_000) }
  expect(await browser.post('/api/customer/sign-in', huge)).toMatchObject({
    status: 413,
    body: { error: { code: 'invalid_request' } },
  })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await browser.post('/api/customer/sign-in', huge, form)).status).toBe(400)
})

function fetchWith(cookie: string | undefined, path: string, url: string = gateway.url): Promise<Response> {
  return fetch(url + path, { headers: { cookie: cookie ?? '' } })
}
