import { isConfigurationError } from '@evergrant/core'
import type { RequestHandler } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { createWorld, Page, serve, versions } from './express.test-support.ts'
import type { World } from './express.test-support.ts'
import { authRoutes, tokenErrorHandler } from './index.ts'
import type { AuthRoutesOptions } from './index.ts'

type ExpressModule = (typeof versions)[number][1]

interface Setting {
  readonly before?: readonly RequestHandler[]
  readonly options?: AuthRoutesOptions
  readonly trustProxy?: unknown
}

async function open(
  express: ExpressModule,
  { before = [], options = {}, trustProxy }: Setting = {},
): Promise<{ world: World; page: Page; url: string; onError: ReturnType<typeof vi.fn> }> {
  const world = createWorld()
  const onError = vi.fn()
  const app = express()
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy)
  for (const handler of before) app.use(handler)
  app.use('/api/auth', authRoutes(world.sessions('store'), { onError, ...options }))
  app.use(tokenErrorHandler({ onError }))
  const { url } = await serve(app)
  return { world, page: new Page(url), url, onError }
}

const routes = [
  ['POST', 'sign-in'],
  ['POST', 'sign-out'],
  ['GET', 'session'],
  ['POST', 'token'],
] as const

const forgeries: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'without the header': { 'x-evergrant': undefined },
  'of a foreign origin': { origin: 'https://evil.example' },
  'of the origin null': { origin: 'null' },
  'of another site': { 'sec-fetch-site': 'cross-site' },
  'of a sibling domain': { 'sec-fetch-site': 'same-site' },
  'by a form': {
    'content-type': 'application/x-www-form-urlencoded',
    'x-evergrant': undefined,
    'sec-fetch-site': 'cross-site',
    origin: 'https://evil.example',
  },
  'by a form as text/plain': { 'content-type': 'text/plain', 'x-evergrant': undefined },
}

const parsers = (express: ExpressModule): Readonly<Record<string, RequestHandler[]>> => ({
  'no parser': [],
  'all parsers': [
    express.json(),
    express.urlencoded({ extended: false }),
    express.text({ type: 'text/*' }),
    express.raw(),
  ],
})

describe.each(versions)('%s', (_version, express) => {
  describe.each(['no parser', 'all parsers'])('with %s before', name => {
    const before = parsers(express)[name] ?? []

    test.each(routes.flatMap(route => Object.keys(forgeries).map(forgery => [...route, forgery] as const)))(
      'C66 %s %s is refused %s',
      async (method, route, forgery) => {
        const { world, page } = await open(express, { before, options: { tokenMediation: true } })
        const body = method === 'POST' ? JSON.stringify(world.customer(0)) : undefined
        const answer = await page.send(method, `/api/auth/${route}`, body, forgeries[forgery])
        expect(answer.status).toBe(403)
        expect(answer.headers.getSetCookie()).toEqual([])
        expect(world.emulator.journal.count()).toBe(0)
      },
    )

    test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
      'C66 a sign-in as %s is refused, also from a page of this site',
      async type => {
        const { world, page } = await open(express, { before })
        const body = JSON.stringify(world.customer(0))
        const answer = await page.send('POST', '/api/auth/sign-in', body, { 'content-type': type })
        expect(answer.status).toBe(415)
        expect(world.emulator.journal.count()).toBe(0)
      },
    )

    test('every route answers', async () => {
      const { world, page, onError } = await open(express, { before, options: { tokenMediation: true } })
      const person = { ...world.customer(0), remark: 'ä€😀' }
      expect((await page.send('POST', '/api/auth/sign-in', person)).status).toBe(200)
      expect((await page.send('POST', '/api/auth/token', {})).status).toBe(200)
      expect((await page.send('POST', '/api/auth/token')).status).toBe(200)
      expect((await page.send('GET', '/api/auth/session')).status).toBe(200)
      expect((await page.send('POST', '/api/auth/sign-out')).status).toBe(200)
      expect((await page.send('GET', '/api/auth/nowhere')).status).toBe(404)
      expect((await page.send('GET', '/api/auth/sign-in')).status).toBe(405)
      expect(onError).not.toHaveBeenCalled()
    })

    test('a body that is no object of JSON is refused', async () => {
      const { page } = await open(express, { before })
      for (const body of ['{', '[]']) {
        expect((await page.send('POST', '/api/auth/sign-in', body)).status).toBe(400)
      }
    })
  })

  test('a body that somebody read and did not keep is an error that says so', async () => {
    const { world, page, onError } = await open(express, {
      before: [(request, _response, next) => void request.resume().once('end', () => next())],
    })
    const answer = await page.send('POST', '/api/auth/sign-in', world.customer(0))
    expect(answer.status).toBe(500)
    const [error] = onError.mock.calls[0] ?? []
    expect(isConfigurationError(error) && error.message).toMatch(/Mount authRoutes before/)
  })

  test('onError gets the request of Express', async () => {
    const asked: string[] = []
    const options: AuthRoutesOptions = {
      onError: (_error, { baseUrl, path }) => void asked.push(`${baseUrl} ${path}`),
    }
    const { page, world } = await open(express, { options })
    const wrong = { ...world.customer(0), password: 'fake-wrong-password' }
    expect((await page.send('POST', '/api/auth/sign-in', wrong)).status).toBe(401)
    expect(asked).toEqual(['/api/auth /sign-in'])
  })

  const statusAfterTries = async (
    addressOf: (turn: number) => string,
    trustProxy: unknown,
  ): Promise<number> => {
    const { page } = await open(express, { trustProxy })
    let status = 0
    for (let turn = 0; turn < 21; turn += 1) {
      const person = { username: `nobody-${turn}`, password: 'fake-password' }
      const headers = { 'x-forwarded-for': addressOf(turn) }
      status = (await page.send('POST', '/api/auth/sign-in', person, headers)).status
    }
    return status
  }

  test('the twenty-first try of one address is refused with 429', async () => {
    expect(await statusAfterTries(() => '203.0.113.7', 1)).toBe(429)
  })

  test('behind a trusted proxy, addresses are counted apart; without trust nobody chooses an address', async () => {
    const each = (turn: number): string => `203.0.113.${turn}`
    expect(await statusAfterTries(each, 1)).toBe(401)
    expect(await statusAfterTries(each, undefined)).toBe(429)
  })

  test('C64 behind a trusted proxy that ends TLS the cookie is a __Host- one', async () => {
    const { world, page, url } = await open(express, { trustProxy: 1 })
    const origin = url.replace('http:', 'https:')
    const headers = { 'x-forwarded-proto': 'https', origin }
    const answer = await page.send('POST', '/api/auth/sign-in', world.customer(0), headers)
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-evergrant=.*; Secure/)
  })

  test('without sessions it is refused when it is made', () => {
    expect(() => authRoutes(undefined as never)).toThrow(/sessions must be a source of sessions/)
  })
})
