import { Readable } from 'node:stream'
import type { Express, Response } from 'express'
import { describe, expect, test } from 'vitest'
import {
  createWorld,
  modes,
  Page,
  route,
  serve,
  sessionIn,
  usernameIn,
  versions,
} from './express.test-support.ts'
import type { Mode, World } from './express.test-support.ts'
import { accessTokens, authRoutes, tokenErrorHandler } from './index.ts'

const cases = versions.flatMap(([version, express]) => modes.map(mode => [version, mode, express] as const))

/** Every way in which Express sends an answer. */
const ways: Readonly<Record<string, (response: Response) => unknown>> = {
  json: response => response.json({ fine: true }),
  send: response => response.send('fine'),
  stream: response => Readable.from(['fi', 'ne']).pipe(response),
  redirect: response => response.redirect('/elsewhere'),
  empty: response => response.sendStatus(204),
  flushed: response => {
    response.flushHeaders()
    response.end()
  },
  written: response =>
    response.writeHead(200, { 'Set-Cookie': 'own=1', 'Content-Type': 'text/plain' }).end('x'),
  'list of headers': response =>
    response.writeHead(200, ['Set-Cookie', 'own=1', 'Set-Cookie', 'two=2']).end('x'),
  'cached by mistake': response =>
    response.set('Cache-Control', 'public, max-age=60').set('Vary', 'Origin').cookie('own', '1').send('x'),
}

function application(express: (typeof versions)[number][1], mode: Mode, world: World): Express {
  const sessions = world.sessions(mode)
  const app = express()
  app.use(accessTokens({ session: sessions }))
  app.use('/api/auth', authRoutes(sessions))
  app.get(
    '/sign-in/:way',
    route(async (request, response) => {
      await sessionIn(request).signIn(world.customer(0))
      ways[String(request.params['way'])]?.(response)
    }),
  )
  app.get(
    '/sign-out-and-fail/:how',
    route(async (request, response) => {
      await sessionIn(request).signOut()
      if (request.params['how'] === 'evergrant') await sessionIn(request).getAccessToken()
      if (request.params['how'] === 'late') response.write('x')
      throw new Error('unexpected')
    }),
  )
  app.get(
    '/whose',
    route(async (request, response) => response.json(usernameIn(await sessionIn(request).getAccessToken()))),
  )
  app.get('/untouched', (_request, response) => void response.json('no token'))
  app.use(tokenErrorHandler())
  return app
}

async function open(
  express: (typeof versions)[number][1],
  mode: Mode,
): Promise<{ world: World; page: Page }> {
  const world = createWorld()
  const { url } = await serve(application(express, mode, world))
  return { world, page: new Page(url) }
}

describe.each(cases)('%s with the tokens in the %s', (_version, mode, express) => {
  test.each(Object.keys(ways))(
    'C70 an answer by %s sets the session cookie and is stored by no cache',
    async way => {
      const { world, page } = await open(express, mode)
      const { headers } = await page.send('GET', `/sign-in/${way}`)
      expect(headers.getSetCookie().filter(text => text.startsWith('evergrant'))).not.toEqual([])
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(headers.get('vary')).toBe(
        { redirect: 'Accept, Cookie', 'cached by mistake': 'Origin, Cookie' }[way] ?? 'Cookie',
      )
      const own = headers.getSetCookie().filter(text => !text.startsWith('evergrant'))
      expect(own.map(text => text.slice(0, 5))).toEqual(
        { written: ['own=1'], 'list of headers': ['own=1', 'two=2'], 'cached by mistake': ['own=1'] }[way] ??
          [],
      )
      expect(await (await page.send('GET', '/whose')).json()).toBe(world.customer(0).username)
    },
  )

  test.each([
    ['evergrant', 401],
    ['other', 500],
  ])('C70 an error answer sets it, too: %s', async (how, status) => {
    const { page } = await open(express, mode)
    await page.send('GET', '/sign-in/json')
    expect(page.cookies.size).toBeGreaterThan(0)
    const answer = await page.send('GET', `/sign-out-and-fail/${how}`)
    expect([answer.status, page.cookies.size]).toEqual([status, 0])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
  })

  test('an answer that does not touch the session says nothing of cookies', async () => {
    const { page } = await open(express, mode)
    await page.send('GET', '/sign-in/json')
    const { headers } = await page.send('GET', '/untouched')
    expect([headers.get('vary'), headers.get('cache-control'), headers.getSetCookie()]).toEqual([
      null,
      null,
      [],
    ])
  })

  test('a failure after the head breaks the connection, and nothing else', async () => {
    const { page } = await open(express, mode)
    await page.send('GET', '/sign-in/json')
    await expect((await page.send('GET', '/sign-out-and-fail/late')).text()).rejects.toThrow()
    expect((await page.send('GET', '/untouched')).status).toBe(200)
  })

  test('a page signs in, uses its tokens, and signs out', async () => {
    const { world, page } = await open(express, mode)
    const signedIn = await page.send('POST', '/api/auth/sign-in', world.customer(1))
    expect(signedIn.status).toBe(200)
    const names = signedIn.headers.getSetCookie().map(text => text.split('=')[0])
    expect(new Set(names).size).toBe(names.length)
    expect(await (await page.send('GET', '/whose')).json()).toBe(world.customer(1).username)
    expect(await (await page.send('GET', '/api/auth/session')).json()).toMatchObject({
      status: 'authenticated',
    })
    expect((await page.send('POST', '/api/auth/sign-out')).status).toBe(200)
    expect((await page.send('GET', '/whose')).status).toBe(401)
  })

  test('a hundred requests with one old cookie cause one refresh, and nobody is signed out', async () => {
    const { world, page } = await open(express, mode)
    await page.send('GET', '/sign-in/json')
    await world.clock.advance(301_000)
    const cookie = page.header
    const before = world.refreshes()
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => page.send('GET', '/whose', undefined, { cookie })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(world.refreshes() - before).toBe(1)
    expect((await page.send('GET', '/whose')).status).toBe(200)
  })
})
