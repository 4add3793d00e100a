import { afterEach, expect, test } from 'vitest'
import { gatewayForEachTest } from './for-each-test.test-support.ts'
import { Browser } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

let gateway: TestGateway
let streams: Stream[]

gatewayForEachTest(started => {
  gateway = started
  streams = []
})

afterEach(async () => {
  for (const stream of streams) await stream.leave()
})

/** An open stream, and what it has sent. */
class Stream {
  readonly status: number
  readonly #reader: ReadableStreamDefaultReader<string> | undefined
  #text = ''
  #isOver = false
  readonly #reading: Promise<void>

  constructor({ status, body }: Response) {
    this.status = status
    this.#reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    this.#reading = this.#read()
  }

  get text(): string {
    return this.#text
  }

  get isOver(): boolean {
    return this.#isOver
  }

  async leave(): Promise<void> {
    await this.#reader?.cancel().catch(() => {})
    await this.#reading
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      this.#text += value
    }
    this.#isOver = true
  }
}

/** Signs a customer in and returns the name of the sign-in. */
async function signIn(browser: Browser, index: 0 | 1): Promise<string> {
  const { username, password } = gateway.emulator.travis.credentials.customers[index]
  await browser.post('/api/auth/sign-in', { username, password })
  const { body } = await browser.get('/api/status')
  return (body as { customer: { session: string } }).customer.session
}

async function listen(
  { cookie = '' }: Browser,
  session: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const url = `${gateway.url}/api/customer/events/${session}`
  const stream = new Stream(await fetch(url, { headers: { cookie, ...headers } }))
  streams.push(stream)
  return stream
}

test('each browser hears of its own customer, and of nobody else', async () => {
  const [anna, ben] = [new Browser(gateway.url), new Browser(gateway.url)]
  const [ofAnna, ofBen] = [await signIn(anna, 0), await signIn(ben, 1)]
  const [annasStream, bensStream] = [await listen(anna, ofAnna), await listen(ben, ofBen)]
  await expect.poll(() => bensStream.text).toMatch(/"name":"customer","explanation"/)
  gateway.skip(290_000)
  await anna.get('/api/travis/vehicles')
  await expect.poll(() => annasStream.text).toContain('"type":"token-obtained"')
  expect(bensStream.text).not.toContain('"event"')
  expect(annasStream.text + bensStream.text).not.toMatch(/eyJ|secret|password|customer\.example/)
})

test('a stream ends with the sign-out', async () => {
  const browser = new Browser(gateway.url)
  const stream = await listen(browser, await signIn(browser, 0))
  await expect.poll(() => stream.text).toContain('customer')
  await browser.post('/api/auth/sign-out', {})
  await expect.poll(() => stream.isOver).toBe(true)
  expect(stream.text).not.toContain('"event"')
})

test('a stream ends when somebody else signs in from its browser', async () => {
  const browser = new Browser(gateway.url)
  const earlier = await signIn(browser, 0)
  const stream = await listen(browser, earlier)
  await expect.poll(() => stream.text).toContain('customer')
  const later = await signIn(browser, 1)
  await expect.poll(() => stream.isOver).toBe(true)
  expect(stream.text).not.toContain('"event"')
  expect((await listen(browser, earlier)).status).toBe(404)
  expect((await listen(browser, later)).status).toBe(200)
})

test('a stream of another browser’s customer is refused, and so is one without a session', async () => {
  const [anna, ben] = [new Browser(gateway.url), new Browser(gateway.url)]
  const ofAnna = await signIn(anna, 0)
  await signIn(ben, 1)
  expect((await listen(ben, ofAnna)).status).toBe(404)
  expect((await listen(new Browser(gateway.url), ofAnna)).status).toBe(404)
})

test('a stream that is asked for after the sign-out is refused, whatever the cookie says', async () => {
  const browser = new Browser(gateway.url)
  const session = await signIn(browser, 0)
  const { cookie } = browser
  await browser.post('/api/auth/sign-out', {})
  const kept = new Browser(gateway.url, cookie)
  expect((await listen(kept, session)).status).toBe(404)
})

test('a page of another site may not listen', async () => {
  const browser = new Browser(gateway.url)
  const session = await signIn(browser, 0)
  expect((await listen(browser, session, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})
