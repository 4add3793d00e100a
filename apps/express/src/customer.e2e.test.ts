import { expect, test } from 'vitest'
import { gatewayForEachTest } from './for-each-test.test-support.ts'
import { Browser, startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

let gateway: TestGateway
let browser: Browser

gatewayForEachTest(started => {
  gateway = started
  browser = new Browser(gateway.url)
})

const signIn = (who: Browser, index: 0 | 1 | 2 = 0): ReturnType<Browser['post']> => {
  const { username, password } = gateway.emulator.travis.credentials.customers[index]
  return who.post('/api/auth/sign-in', { username, password })
}

async function hauliersOf(who: Browser): Promise<unknown[]> {
  const { body } = await who.get('/api/travis/vehicles?size=100')
  return [
    ...new Set((body as { content: { customerId: string }[] }).content.map(({ customerId }) => customerId)),
  ]
}

const customerStatus = async (who: Browser): Promise<unknown> =>
  ((await who.get('/api/status')).body as { customer: unknown }).customer

test('before sign-in nothing is fetched', async () => {
  expect(await browser.get('/api/travis/vehicles')).toMatchObject({
    status: 401,
    body: { error: { code: 'reauthorization_required' } },
  })
  expect(gateway.emulator.journal.count()).toBe(0)
})

test('a customer signs in, sees their own vehicles only, and signs out', async () => {
  const answer = await signIn(browser)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toMatch(
    /^evergrant-gateway-development=[\w-]{20,}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
  expect(await customerStatus(browser)).toMatchObject({
    username: 'anna.devries@customer.example',
    state: 'fresh',
  })

  expect(await browser.post('/api/auth/sign-out', {})).toMatchObject({
    status: 200,
    body: { status: 'unauthenticated', isProviderSessionEnded: true },
  })
  expect(browser.cookie).toBeUndefined()
  expect(gateway.emulator.journal.count({ provider: 'travis', kind: 'logout' })).toBe(1)
  expect((await browser.get('/api/travis/vehicles')).status).toBe(401)
})

test('the password is used once: afterwards the refresh token keeps the customer signed in', async () => {
  await signIn(browser)
  gateway.skip(301_000)
  expect((await browser.get('/api/travis/vehicles')).status).toBe(200)
  const grants = gateway.emulator.journal.entries({ kind: 'token' }).map(({ grantType }) => grantType)
  expect(grants).toEqual(['password', 'refresh_token'])
})

test('two browsers never see each other’s customer', async () => {
  const other = new Browser(gateway.url)
  await Promise.all([signIn(browser, 0), signIn(other, 1)])
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
  expect(await hauliersOf(other)).toEqual(['haulier-adria'])
  await browser.post('/api/auth/sign-out', {})
  expect(await hauliersOf(other)).toEqual(['haulier-adria'])
  expect(await customerStatus(new Browser(gateway.url))).toMatchObject({ state: 'signed-out' })
})

test('signing in again gives another session id, and ends the earlier session', async () => {
  await signIn(browser, 0)
  const planted = browser.cookie
  await signIn(browser, 1)
  expect(browser.cookie).not.toBe(planted)
  await expect.poll(() => gateway.emulator.journal.count({ kind: 'logout' })).toBe(1)
  expect((await fetchWith(planted, '/api/travis/vehicles')).status).toBe(401)
})

test('a wrong password is told in a sentence, and the earlier customer stays', async () => {
  await signIn(browser, 0)
  const { cookie } = browser
  const wrong = { username: 'anna.devries@customer.example', password: 'fake-wrong-password' }
  expect(await browser.post('/api/auth/sign-in', wrong)).toMatchObject({
    status: 401,
    body: {
      error: { code: 'credentials_rejected', message: 'The user name or the password is wrong.' },
    },
  })
  expect(browser.cookie).toBe(cookie)
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
})

test('after a restart the customer is told to sign in again', async () => {
  const restarted = await startTestGateway()
  await signIn(browser)
  const answer = await fetchWith(browser.cookie, '/api/travis/vehicles', restarted.url)
  const status = await fetchWith(browser.cookie, '/api/status', restarted.url)
  await restarted.close()
  expect(answer.status).toBe(401)
  expect(((await status.json()) as { customer: object }).customer).toMatchObject({
    state: 'signed-out',
    message: expect.stringMatching(
      /in memory only: after a restart of the gateway, please sign in again\.$/,
    ) as string,
  })
})

test('a refused refresh token asks for a sign-in, and a new one helps', async () => {
  await signIn(browser)
  gateway.emulator.travis.revokeRefreshTokens()
  gateway.skip(301_000)
  expect((await browser.get('/api/travis/vehicles')).status).toBe(401)
  const status = await customerStatus(browser)
  expect(status).toMatchObject({ state: 'sign-in-needed' })
  expect(status).not.toHaveProperty('username')
  await signIn(browser)
  expect((await browser.get('/api/travis/vehicles')).status).toBe(200)
})

test.each([
  ['without the header', { 'x-evergrant': '' }, 'header_missing'],
  ['without an origin', { origin: '' }, 'origin_missing'],
  ['with another origin', { origin: 'https://attacker.example' }, 'foreign_origin'],
  ['with an opaque origin', { origin: 'null' }, 'foreign_origin'],
  ['from another port of this machine', { origin: 'http://127.0.0.1:1' }, 'foreign_origin'],
  ['from another site', { 'sec-fetch-site': 'same-site' }, 'cross_site_request'],
])('a sign-in %s is refused before anything is sent', async (_name, headers, code) => {
  const { username, password } = gateway.emulator.travis.credentials.customers[0]
  const answer = await browser.post('/api/auth/sign-in', { username, password }, headers)
  expect(answer).toMatchObject({ status: 403, body: { error: { code } } })
  expect(browser.cookie).toBeUndefined()
  expect(gateway.emulator.journal.count()).toBe(0)
})

test('a sign-in from another name of this machine is refused', async () => {
  const headers = { origin: gateway.url.replace('127.0.0.1', 'localhost') }
  expect((await browser.post('/api/auth/sign-in', {}, headers)).status).toBe(403)
})

test('another site cannot sign a customer out', async () => {
  await signIn(browser)
  const answer = await browser.post('/api/auth/sign-out', {}, { origin: 'https://attacker.example' })
  expect(answer.status).toBe(403)
  expect(await hauliersOf(browser)).toEqual(['haulier-noord'])
})

test.each([[{}], [{ username: 'anna' }], [{ username: ['anna'], password: {} }], [[]], ['text'], [null]])(
  'a sign-in with %j is refused before anything is sent',
  async body => {
    expect((await browser.post('/api/auth/sign-in', body)).status).toBe(400)
    expect(gateway.emulator.journal.count()).toBe(0)
  },
)

test('a body that is no JSON or too large is refused', async () => {
  const huge = { username: 'anna', password: 'x'.repeat(20_000) }
  expect((await browser.post('/api/auth/sign-in', huge)).status).toBe(413)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await browser.post('/api/auth/sign-in', {}, form)).status).toBe(415)
})

function fetchWith(cookie: string | undefined, path: string, url: string = gateway.url): Promise<Response> {
  return fetch(url + path, { headers: { cookie: cookie ?? '', 'x-evergrant': '1' } })
}
