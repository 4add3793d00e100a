import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  buildFixture,
  fixturePlace,
  installFixture,
  removeFixture,
  startFixture,
} from './fixture-app.test-support.ts'
import type { FixtureServer } from './fixture-app.test-support.ts'
import { factsOf, Visitor } from './page-visitor.test-support.ts'
import type { Answer } from './page-visitor.test-support.ts'

type Mode = 'store' | 'cookie'

const cookieName = 'evergrant-development'
/** The cookie that holds the tokens of whoever is signed in there. */
const dataName = (visitor: { readonly cookies: ReadonlyMap<string, string> }): string =>
  `${cookieName}.${visitor.cookies.get(cookieName)}`
const sessionKey = 'fake-session-key-Wm4tQ9xL2vB7nR5cK8'
const anna = { username: 'anna.devries@customer.example', password: 'fake-anna.devries-password' }
const servers: FixtureServer[] = []
let emulator: EmulatorServer
let build: ReturnType<typeof buildFixture>
let requestsOfBuild = -1
let store: FixtureServer
let cookie: FixtureServer
/** Tokens in the cookie, and nothing refreshes ahead of rendering. */
let unproxied: FixtureServer
/** Visitors whose access token has expired, to be used once each. */
const expired: Record<Mode, Visitor[]> = { store: [], cookie: [] }
/** Visitors whose access token is good, and old enough to be refreshed when it is refused. */
const settled: Visitor[] = []
let settledAt = Number.POSITIVE_INFINITY

function environment(): Record<string, string> {
  const { travis } = emulator.emulator
  const { serviceAccount, customerClient } = travis.credentials
  const { apiUrl, tokenEndpoint } = travis.endpoints(emulator.url)
  return {
    API_URL: apiUrl,
    TOKEN_ENDPOINT: tokenEndpoint,
    SERVICE_SECRET: serviceAccount.clientSecret,
    PORTAL_SECRET: customerClient.clientSecret,
    SESSION_KEY: sessionKey,
  }
}

async function start(
  env: Readonly<Record<string, string>>,
  command?: 'start' | 'dev',
): Promise<FixtureServer> {
  const server = await startFixture({ ...environment(), ...env }, command)
  servers.push(server)
  return server
}

/** Sends a control request to the emulator. */
async function control(path: string, body?: unknown, method: string = 'POST'): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  const response = await fetch(`${emulator.url}/_control/${path}`, { method, ...init })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text === '' ? undefined : JSON.parse(text)
}

/** Counts the token requests during `work`, by grant type; those of the application itself under `application`. */
async function tokenRequests(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await control('journal', undefined, 'DELETE')
  await work()
  const journal = await control('journal', undefined, 'GET')
  const { entries } = journal as { entries: { kind: string; grantType?: string; clientId?: string }[] }
  const { clientId: own } = emulator.emulator.travis.credentials.serviceAccount
  const counts: Record<string, number> = {}
  for (const { kind, grantType = '', clientId } of entries) {
    const name = clientId === own ? 'application' : grantType
    if (kind === 'token') counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

async function signedIn(server: FixtureServer): Promise<Visitor> {
  const visitor = new Visitor(server.url)
  const answer = await visitor.call('/api/auth/sign-in', { method: 'POST', body: JSON.stringify(anna) })
  expect([answer.status, answer.setCookies[0]]).toEqual([200, cookieName])
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  return visitor
}

function expiredVisitor(mode: Mode, server: FixtureServer = mode === 'store' ? store : cookie): Visitor {
  const visitor = expired[mode].pop()
  if (visitor === undefined) throw new Error('No visitor is left: sign more of them in.')
  return visitor.copy(server.url)
}

function expectNotShared({ headers }: Answer): void {
  expect(headers.get('cache-control')).toContain('no-store')
  expect(headers.get('cache-control')).not.toContain('s-maxage')
}

const oneRefresh = { refresh_token: 1 }

beforeAll(async () => {
  emulator = await startEmulatorServer()
  emulator.emulator.travis.configure({ rotation: 'reuse-detection' })
  installFixture()
  build = buildFixture(fixturePlace.app, { ...environment(), TOKENS_IN: 'store' })
  expect(build.status, build.output).toBe(0)
  requestsOfBuild = emulator.emulator.journal.count()
  store = await start({ TOKENS_IN: 'store' })
  cookie = await start({ TOKENS_IN: 'cookie' })
  unproxied = await start({ TOKENS_IN: 'cookie', PROXY: 'off' })
  await control('travis/lifetimes', { accessTokenMs: 2000 })
  for (let count = 0; count < 21; count++) expired.cookie.push(await signedIn(cookie))
  for (let count = 0; count < 4; count++) expired.store.push(await signedIn(store))
  await control('travis/lifetimes', { accessTokenMs: 300_000 })
  settled.push(await signedIn(unproxied), await signedIn(unproxied))
  // Each process gets the application's token now, so that tests count what is theirs.
  await Promise.all([store, cookie, unproxied].map(({ url }) => new Visitor(url).get('/api/own')))
  settledAt = Date.now() + 5200
  await sleep(2100)
}, 120_000)

afterAll(async () => {
  await Promise.all(servers.map(server => server.close()))
  await emulator.close()
  removeFixture()
})

describe('next build', () => {
  test('asks no server, and bakes in no token and no secret', () => {
    expect(requestsOfBuild).toBe(0)
    const secrets = [
      sessionKey,
      environment()['SERVICE_SECRET'],
      environment()['PORTAL_SECRET'],
      'eyJhbGciOi',
    ]
    const output = join(fixturePlace.app, '.next')
    const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    )
    expect(files.length).toBeGreaterThan(50)
    for (const { parentPath, name } of files) {
      if (parentPath.includes(join('.next', 'cache'))) continue
      const text = readFileSync(join(parentPath, name), 'latin1')
      for (const secret of secrets) expect(text.includes(secret ?? ''), join(parentPath, name)).toBe(false)
    }
  })

  test('prerenders none of the routes with tokens', () => {
    for (const route of ['/api/auth/[...path]', '/api/own', '/api/travis/[...path]']) {
      expect(build.output).toContain(`ƒ ${route}`)
    }
  })
})

describe('one process', () => {
  test('F4 proxy, page, route handler, API proxy and action share one token and one refresh', async () => {
    const fresh = await start({ TOKENS_IN: 'cookie' })
    const visitor = expiredVisitor('cookie', fresh)
    const counts = await tokenRequests(async () => {
      const [page, own, api] = await Promise.all([
        visitor.copy().facts('/vehicles?proxy=application'),
        visitor.copy().get('/api/own'),
        visitor.copy().call('/api/travis/vehicles?size=1'),
      ])
      expect(page).toMatchObject({ status: 'authenticated', customer: '200', application: '200' })
      expect(JSON.parse(own.text)).toMatchObject({ customer: '200', application: '200' })
      expect(api.status).toBe(200)
      expect((await visitor.act('read')).outcome).toBe('200 200')
    })
    expect(counts).toEqual({ application: 1, refresh_token: 1 })
  })

  test.each<Mode>(['cookie', 'store'])(
    '100 requests with one old cookie cause one refresh, and nobody is signed out (tokens in the %s)',
    async mode => {
      const visitor = expiredVisitor(mode)
      const counts = await tokenRequests(async () => {
        const paths = Array.from(
          { length: 100 },
          (_, index) => [`/api/travis/vehicles?page=${index % 9}`, '/api/own'][index % 2]!,
        )
        const answers = await Promise.all(paths.map(path => visitor.copy().call(path)))
        expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
        for (const { text, setCookies } of answers) {
          if (text.includes('fromProxy')) expect(JSON.parse(text)).toMatchObject({ customer: '200' })
          if (mode === 'store') expect(setCookies).toEqual([])
        }
      })
      expect(counts).toEqual(oneRefresh)
      // Again with the old cookie, as after an aborted navigation.
      expect(await visitor.facts()).toMatchObject({ status: 'authenticated', customer: '200' })
    },
  )
})

describe('the proxy', () => {
  test('C70 F16 a prerendered page that comes with a cookie is stored by no cache', async () => {
    const stranger = await new Visitor(cookie.url).get('/')
    expect(stranger.headers.get('cache-control')).toBe('s-maxage=31536000')
    const visitor = expiredVisitor('cookie')
    const answer = await visitor.get('/')
    expect(answer.setCookies).toEqual([dataName(visitor), `${dataName(visitor)}.1`])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('cdn-cache-control')).toBe('no-store')
    const again = await visitor.get('/')
    expect([again.setCookies, again.headers.get('cache-control')]).toEqual([[], 's-maxage=31536000'])
  })

  test.each([
    '/vehicles',
    '/api/own',
    '/vehicles?proxy=override',
    '/api/own?proxy=override',
    '/there?proxy=rewrite',
  ])('F4 %s sees the new cookies of its own request', async path => {
    const visitor = expiredVisitor('cookie')
    const old = visitor.cookies.get(dataName(visitor))
    let answer: Answer | undefined
    expect(await tokenRequests(async () => (answer = await visitor.get(path)))).toEqual(oneRefresh)
    const facts = path.startsWith('/api') ? JSON.parse(answer!.text) : factsOf(answer!)
    const now = visitor.cookies.get(dataName(visitor))
    expect(now).not.toBe(old)
    expect(facts.header).toContain(`${dataName(visitor)}=${now};`)
    expect(facts.header).not.toContain(old)
    expect(facts.jar).toContain(`${dataName(visitor)}=${now};`)
    expect(facts).toMatchObject({ status: 'authenticated', customer: '200' })
    expect(facts.fromProxy ?? null).toBe(path === '/api/own?proxy=override' ? 'yes' : null)
    expectNotShared(answer!)
  })

  test('a redirect of its own carries the cookies, and is stored by no cache', async () => {
    const visitor = expiredVisitor('cookie')
    const answer = await visitor.get('/?proxy=redirect')
    expect([answer.status, answer.headers.get('location')]).toEqual([307, '/elsewhere'])
    expect(answer.setCookies).toEqual([dataName(visitor), `${dataName(visitor)}.1`])
    expectNotShared(answer)
  })

  test('a server layout hands on the provider of @evergrant/react as it was packed', async () => {
    const html = await (await fetch(`${store.url}/react`)).text()
    expect(html).toContain('<p id="status">pending</p>')
  })

  test('prefetches refresh nothing and set no cookie', async () => {
    const visitor = expiredVisitor('cookie')
    const router = { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' }
    const prefetches = [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }, router]
    const counts = await tokenRequests(async () => {
      for (const headers of prefetches) {
        const first = await visitor.get('/', headers)
        // The router knows the number that Next wants in the URL; we are sent there.
        const location = first.headers.get('location')
        const answer = location === null ? first : await visitor.get(location, headers)
        expect([answer.status, first.setCookies, answer.setCookies]).toEqual([200, [], []])
      }
    })
    expect(counts).toEqual({})
    expect(await tokenRequests(() => visitor.get('/'))).toEqual(oneRefresh)
  })

  test('a server that is down signs nobody out and fails no page', async () => {
    const visitor = expiredVisitor('cookie')
    await control('travis/faults', { kind: 'status', status: 503, forMs: 600_000 })
    const answer = await visitor.get('/vehicles')
    expect([answer.status, answer.setCookies]).toEqual([200, []])
    expect(factsOf(answer)).toMatchObject({
      status: 'authenticated',
      customer: expect.stringMatching(/^NeedsRefreshError: The access token of travis is due/),
    })
    expect((await visitor.call('/api/travis/vehicles')).status).toBe(503)
    await control('travis/faults', undefined, 'DELETE')
    await expect
      .poll(() => visitor.facts(), { timeout: 15_000, interval: 500 })
      .toMatchObject({ customer: '200' })
  })

  test('C72 F20 what a client sends under the internal names counts for nothing', async () => {
    const visitor = await signedIn(cookie)
    const forged = {
      'x-middleware-override-headers': 'x-from-proxy,cookie',
      'x-middleware-request-x-from-proxy': 'yes',
      'x-middleware-request-cookie': 'forged=1',
      'x-middleware-set-cookie': `${cookieName}=forged`,
      'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
    }
    const own = JSON.parse((await visitor.get('/api/own', forged)).text)
    expect(own).toMatchObject({ status: 'authenticated', customer: '200', fromProxy: null, internal: [] })
    expect(`${own.jar} ${own.header}`).not.toContain('forged')
    expect(await new Visitor(cookie.url).get('/api/own', forged)).toMatchObject({
      text: expect.stringContaining('"status":"unauthenticated"'),
    })
  })
})

describe('F3 what a route or an action does to a session counts, and not what the proxy refreshed before it', () => {
  const body = JSON.stringify(anna)
  test.each<[string, (visitor: Visitor) => Promise<Answer>]>([
    ['a route', visitor => visitor.call('/api/auth/sign-in', { method: 'POST', body })],
    ['an action', visitor => visitor.act('signIn', anna)],
  ])('%s signs in anew', async (_, signIn) => {
    const visitor = expiredVisitor('cookie')
    const counts = await tokenRequests(async () => expect((await signIn(visitor)).status).toBe(200))
    expect(counts).toMatchObject({ refresh_token: 1, password: 1 })
    expect(await visitor.facts()).toMatchObject({ status: 'authenticated', customer: '200' })
  })

  test.each<[string, (visitor: Visitor) => Promise<Answer>]>([
    ['a route', visitor => visitor.call('/api/auth/sign-out', { method: 'POST' })],
    ['an action', visitor => visitor.act('signOut')],
  ])('%s signs out', async (_, signOut) => {
    const visitor = expiredVisitor('cookie')
    expect((await signOut(visitor)).status).toBe(200)
    expect([...visitor.cookies.keys()].filter(name => name.startsWith(cookieName))).toEqual([])
  })
})

describe('the API proxy', () => {
  test.each([
    ['GET', '/vehicles?size=1', 200],
    ['HEAD', '/vehicles', 200],
    ['GET', '/vehicles/nobody', 404],
    ['GET', '/locations', 404],
    ['POST', '/vehicles', 405],
    ['GET', '/vehicles%2Fnobody', 400],
    ['GET', '/vehicles/%252e%252e', 400],
    ['GET', '/vehicles/..%5clocations', 400],
  ])('%s %s below its folder is answered %i', async (method, path, status) => {
    const visitor = await signedIn(store)
    const answer = await visitor.call(`/api/travis${path}`, { method })
    expect(answer.status).toBe(status)
    if (method === 'HEAD') expect(answer.text).toBe('')
    expectNotShared(answer)
  })

  test('serves no page of another site', async () => {
    const visitor = await signedIn(store)
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.test' }
    expect((await visitor.get('/api/travis/vehicles', headers)).status).toBe(403)
    expect((await visitor.get('/api/auth/session', headers)).status).toBe(403)
  })
})

describe('a server component', () => {
  test('F4 with tokens in the cookie it burns no refresh token', async () => {
    const visitor = expiredVisitor('cookie', unproxied)
    let answer: Answer | undefined
    const counts = await tokenRequests(async () => (answer = await visitor.get('/vehicles')))
    expect(counts).toEqual({})
    expect(answer?.setCookies).toEqual([])
    expect(factsOf(answer!).customer).toMatch(/^NeedsRefreshError: .* Refresh where cookies can be set/)
    expect(await visitor.copy(cookie.url).facts()).toMatchObject({ customer: '200' })
  })

  test('with tokens in a store it refreshes', async () => {
    const visitor = expiredVisitor('store')
    const counts = await tokenRequests(async () => {
      expect(await visitor.facts()).toMatchObject({ status: 'authenticated', customer: '200' })
    })
    expect(counts).toEqual(oneRefresh)
  })

  test('is not rendered when the router fetches its page ahead', async () => {
    const visitor = expiredVisitor('store')
    const counts = await tokenRequests(async () => {
      for (const kind of ['2', '3']) {
        const headers = { rsc: '1', 'next-router-prefetch': kind }
        const { headers: first } = await visitor.get('/vehicles', headers)
        const answer = await visitor.get(first.get('location') ?? '', headers)
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/x-component'])
        expect(answer.text).not.toContain('authenticated')
        expectNotShared(answer)
      }
    })
    expect(counts).toEqual({})
  })

  test('signs nobody in, and says where to do it', async () => {
    const counts = await tokenRequests(async () => {
      expect((await new Visitor(cookie.url).facts()).signInHere).toBe(
        "ConfigurationError: signIn cannot set the session's cookie here: Call it in a server action or a route handler: Next lets server components read cookies only.",
      )
    })
    expect(counts).toEqual({})
  })

  test.each(['/vehicles', '/api/own', '/api/travis/vehicles', '/api/auth/session'])(
    'C70 %s is stored by no cache',
    async path => {
      for (const server of [store, unproxied]) {
        const visitor = await signedIn(server)
        const answer = await visitor.call(path)
        expect(answer.status).toBe(200)
        expect(answer.headers.get('x-nextjs-cache')).toBeNull()
        expectNotShared(answer)
      }
    },
  )
})

describe('a server action', () => {
  test.each<Mode>(['cookie', 'store'])(
    'signs in, reads and signs out, and its page sees it at once (tokens in the %s)',
    async mode => {
      const visitor = new Visitor((mode === 'store' ? store : unproxied).url)
      const refused = await visitor.act('signIn', { ...anna, password: 'wrong' })
      expect([refused.outcome, visitor.cookies.has(cookieName)]).toEqual(['AuthorizationServerError', false])
      const begun = await visitor.act('signIn', anna)
      expect([begun.outcome, begun.setCookies.includes(cookieName)]).toEqual(['authenticated', true])
      expect(factsOf(begun)).toMatchObject({ status: 'authenticated', customer: '200' })
      expectNotShared(begun)
      const read = await visitor.act('read')
      expect([read.outcome, read.setCookies]).toEqual(['200 200', ['outcome']])
      const old = visitor.copy()
      const ended = await visitor.act('signOut')
      expect([ended.outcome, visitor.cookies.has(cookieName)]).toEqual(['unauthenticated', false])
      expect(factsOf(ended)).toMatchObject({ status: 'unauthenticated', customer: 'nobody' })
      expect(await old.facts()).toMatchObject({ status: 'unauthenticated' })
    },
  )

  test.each(['with', 'without'])('refreshes and writes the cookies %s the proxy', async proxy => {
    const server = proxy === 'with' ? cookie : unproxied
    const visitor = expiredVisitor('cookie', server)
    const old = visitor.cookies.get(dataName(visitor))
    let answer: (Answer & { outcome: string }) | undefined
    expect(await tokenRequests(async () => (answer = await visitor.act('read')))).toEqual(oneRefresh)
    expect(answer?.outcome).toBe('200 200')
    expect(answer?.setCookies).toEqual(expect.arrayContaining([dataName(visitor), `${dataName(visitor)}.1`]))
    expect(visitor.cookies.get(dataName(visitor))).not.toBe(old)
    expectNotShared(answer!)
    expect(factsOf(answer!)).toMatchObject({ status: 'authenticated', customer: '200' })
    expect(await visitor.facts()).toMatchObject({ status: 'authenticated', customer: '200' })
  })

  test.each(['with', 'without'])('does the same when a script calls it %s the proxy', async proxy => {
    const visitor = expiredVisitor('cookie', proxy === 'with' ? cookie : unproxied)
    const old = visitor.cookies.get(dataName(visitor))
    let answer: (Answer & { outcome: string }) | undefined
    expect(await tokenRequests(async () => (answer = await visitor.run('read')))).toEqual(oneRefresh)
    expect([answer?.outcome, answer?.headers.get('content-type')]).toEqual(['200 200', 'text/x-component'])
    expect(visitor.cookies.get(dataName(visitor))).not.toBe(old)
    expectNotShared(answer!)
    expect(await visitor.facts()).toMatchObject({ status: 'authenticated', customer: '200' })
  })

  test('sends again with a new token what was refused; a component hands the refusal on', async () => {
    const [acting, looking] = settled
    await sleep(Math.max(0, settledAt - Date.now()))
    await control('travis/revoke', { what: 'access-tokens' })
    const looks = await tokenRequests(async () => {
      expect(await looking?.facts()).toMatchObject({ status: 'authenticated', customer: '401' })
    })
    expect(looks['refresh_token']).toBeUndefined()
    let answer: (Answer & { outcome: string }) | undefined
    const acts = await tokenRequests(async () => (answer = await acting?.act('read')))
    expect([acts['refresh_token'], answer?.outcome]).toEqual([1, '200 200'])
    expect(answer?.setCookies).toContain(dataName(acting!))
  })
})

describe('next dev', () => {
  test('has nothing against pages, actions and routes with tokens', async () => {
    const dev = await start({ TOKENS_IN: 'cookie' }, 'dev')
    const visitor = new Visitor(dev.url)
    expect((await visitor.act('signIn', anna)).outcome).toBe('authenticated')
    expect((await visitor.act('read')).outcome).toBe('200 200')
    expect(await visitor.facts()).toMatchObject({
      status: 'authenticated',
      customer: '200',
      application: '200',
    })
    expect((await visitor.call('/api/travis/vehicles')).status).toBe(200)
    await dev.close()
    expect(dev.output()).not.toMatch(/error|warn/i)
  }, 60_000)
})

describe('the packed files', () => {
  const program = `await import('@evergrant/next').then(m => console.log(Object.keys(m).length > 5), e => console.log(e.message))`
  const load = (...conditions: string[]): string => {
    const args = [...conditions.map(name => `--conditions=${name}`), '--input-type=module', '--eval', program]
    return spawnSync(process.execPath, args, { cwd: fixturePlace.app, encoding: 'utf8' }).stdout.trim()
  }

  test('tell a browser what to import instead, and serve everybody else', () => {
    expect(load()).toBe('true')
    expect(load('react-server', 'browser')).toBe('true')
    expect(load('browser')).toMatch(
      /works on the server only.* In client components import @evergrant\/react/,
    )
  })

  test('fail the build where a client component imports them, with a word of what to import instead', () => {
    const { output, status } = buildFixture(fixturePlace.client)
    expect(status).toBe(1)
    expect(output).toContain('client-components-import-evergrant-react-instead.js')
  }, 60_000)
})
