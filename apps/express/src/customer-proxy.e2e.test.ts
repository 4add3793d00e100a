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

const anna = (): { username: string; password: string } => {
  const { username, password } = gateway.emulator.travis.credentials.customers[0]
  return { username, password }
}

const signIn = (): ReturnType<Browser['post']> => browser.post('/api/auth/sign-in', anna())

test('a customer’s request reaches the API with a token that the browser never sees', async () => {
  const signedIn = await signIn()
  const vehicles = await browser.get('/api/travis/vehicles?size=2')
  const session = await browser.get('/api/auth/session')
  const sent = gateway.emulator.journal.entries({ provider: 'travis', kind: 'api' })
  expect(sent).toMatchObject([{ status: 200, username: anna().username }])
  expect(vehicles).toMatchObject({ status: 200, body: { content: [{}, {}], page: { totalElements: 90 } } })
  expect(vehicles.headers.get('cache-control')).toBe('private, no-store')
  const answers = [signedIn, vehicles, session].map(({ headers, body }) => [[...headers], body])
  expect(JSON.stringify([answers, browser.cookie])).not.toMatch(/eyJ|bearer|_token"|secret|fake-/i)
})

test.each([
  ['/api/travis/locations', 404],
  ['/api/travis/vehicles/1', 404],
  ['/api/travis/vehicles/..%2flocations', 400],
  ['/api/travis//evil.example/vehicles', 400],
])('%s is no path of the customer: %i, and nothing is sent', async (path, status) => {
  await signIn()
  expect((await browser.get(path)).status).toBe(status)
  expect(gateway.emulator.journal.count({ kind: 'api' })).toBe(0)
})

test('another method is refused, and nothing is sent', async () => {
  await signIn()
  expect((await browser.post('/api/travis/vehicles', {})).status).toBe(405)
  expect(gateway.emulator.journal.count({ kind: 'api' })).toBe(0)
})

test('a request that no page of the gateway sends is refused', async () => {
  await signIn()
  expect(await browser.get('/api/travis/vehicles', {})).toMatchObject({
    status: 403,
    body: { error: { code: 'header_missing' } },
  })
})

test('a page that shows another sign-in gets no vehicles', async () => {
  await signIn()
  const headers = { 'x-evergrant': '1', 'x-evergrant-sign-in': 'another-sign-in' }
  expect(await browser.get('/api/travis/vehicles', headers)).toMatchObject({
    status: 409,
    body: { error: { code: 'session_changed' } },
  })
})

test('an expired token is refreshed once for twelve requests at a time', async () => {
  await signIn()
  gateway.skip(301_000)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => browser.get('/api/travis/vehicles?size=1')),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(12).fill(200))
  const grants = gateway.emulator.journal.entries({ kind: 'token' }).map(({ grantType }) => grantType)
  expect(grants).toEqual(['password', 'refresh_token'])
})

test('the sixth wrong password in a row is 429, and the account waits, also for the right one', async () => {
  const wrong = { ...anna(), password: 'fake-wrong-password' }
  const statuses: number[] = []
  for (let tries = 0; tries < 6; tries += 1) {
    statuses.push((await browser.post('/api/auth/sign-in', wrong)).status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  const answer = await signIn()
  expect(answer).toMatchObject({ status: 429, body: { error: { code: 'too_many_attempts' } } })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(800)
  // The person's own doing: nothing for whoever runs the gateway to look after.
  expect((await browser.get('/api/status')).body).not.toHaveProperty('customer.signInFault')
  expect(gateway.emulator.journal.count({ kind: 'token' })).toBe(5)
  gateway.skip(15 * 60_000)
  expect((await signIn()).status).toBe(200)
})

test('while TRAVIS is down a sign-in is 503, and the status says why', async () => {
  gateway.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: Infinity })
  expect((await signIn()).status).toBe(503)
  const fault = async (): Promise<unknown> =>
    ((await browser.get('/api/status')).body as { customer: { signInFault?: string } }).customer.signInFault
  expect(await fault()).toMatch(/503/)
  gateway.emulator.travis.faults.clear()
  await browser.post('/api/auth/sign-in', { ...anna(), password: 'fake-wrong-password' })
  expect(await fault()).toBeUndefined()
})

test('a 401 of the API itself is handed on, and the customer stays signed in', async () => {
  await signIn()
  gateway.emulator.travis.refuseAllAccessTokens(true)
  const { status, body } = await browser.get('/api/travis/vehicles')
  expect(status).toBe(401)
  expect(body).not.toMatchObject({ error: { code: 'reauthorization_required' } })
  expect((await browser.get('/api/auth/session')).body).toMatchObject({ status: 'authenticated' })
})

test('without an address of the API the gateway starts, and says which variable is missing', async () => {
  const { clientId, clientSecret } = gateway.emulator.travis.credentials.serviceAccount
  const env = { TRAVIS_CLIENT_ID: clientId, TRAVIS_CLIENT_SECRET: clientSecret }
  const real = await startTestGateway({ env })
  const answer = await new Browser(real.url).get('/api/travis/vehicles')
  await real.close()
  expect(answer).toMatchObject({
    status: 500,
    body: { error: { message: expect.stringContaining('TRAVIS_API_URL') as string } },
  })
})
