import { isEvergrantError } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBrowserTokens } from './create-browser-tokens.ts'
import { FakeServer, refusal } from './fake-server.test-support.ts'
import { FakeBrowser, site } from './fake-tabs.test-support.ts'
import type { FakeTab } from './fake-tabs.test-support.ts'

const ann = { username: 'ann', password: 'fake-password' }
const bob = { username: 'bob', password: 'fake-password' }
const api = 'https://api.test/v1/'

let clock: VirtualClock
let server: FakeServer
let browser: FakeBrowser
let tab: FakeTab
/** What the API answers to a token. */
let apiAnswer: (token: string) => number

beforeEach(() => {
  clock = new VirtualClock()
  server = new FakeServer(clock)
  apiAnswer = () => 200
  browser = new FakeBrowser(
    async request => {
      if (!request.url.startsWith(api)) return server.answer(request)
      return new Response(null, { status: apiAnswer(request.headers.get('authorization')?.slice(7) ?? '') })
    },
    { clock },
  )
  tab = open()
})

const open = (options: Parameters<FakeBrowser['open']>[0] = {}): FakeTab =>
  browser.open({ ...options, tokens: { api: { baseUrl: api }, ...options.tokens } })
const run = <T>(promise: Promise<T>): Promise<T> => clock.runUntil(promise)
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  run(
    promise.then(
      () => 'fine',
      (error: unknown) => (isEvergrantError(error) ? error.code : String(error)),
    ),
  )
const status = (): string => tab.tokens.getSnapshot().status

describe('before anybody asks', () => {
  test('nothing happens: no listener, no channel, no timer, no request', () => {
    expect([tab.page.listeners, tab.channels.size, clock.pendingTimers, tab.requests]).toEqual([0, 0, 0, []])
    expect(tab.tokens.getSnapshot()).toBe(tab.tokens.getServerSnapshot())
    expect(tab.tokens.getSnapshot()).toEqual({ status: 'pending', isRefreshing: false })
  })

  test('it can be made where a server renders, and calls say what to do there', async () => {
    const tokens = createBrowserTokens()
    await expect(tokens.getAccessToken()).rejects.toThrow('@evergrant/server')
  })

  test.each([
    { api: { baseUrl: '/v1' } },
    { api: { baseUrl: api, origins: ['https://api.test/'] } },
    { lockTimeoutMs: -1 },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
  ])('C87 options that cannot work are refused: %j', options => {
    expect(() => createBrowserTokens(options)).toThrow('createBrowserTokens cannot work')
  })
})

describe('a page', () => {
  test('asks once who is signed in, however often it is asked', async () => {
    server.signIn('ann')
    const both = await run(Promise.all([tab.tokens.load(), tab.tokens.load()]))
    expect(both[0]).toBe(both[1])
    expect(await run(tab.tokens.load())).toBe(both[0])
    expect(both[0]).toMatchObject({ status: 'authenticated', mode: 'mediated', username: 'ann' })
    expect(server.asked).toEqual(['session'])
  })

  test('a subscriber starts it, and half a minute after the last one everything is closed', async () => {
    server.signIn('ann')
    const leave = [tab.tokens.subscribe(() => undefined), tab.tokens.subscribe(() => undefined)]
    await clock.advance(100)
    expect(status()).toBe('authenticated')
    expect(tab.page.listeners).toBe(7)
    leave.forEach(end => end())
    leave.forEach(end => end())
    await clock.advance(29_000)
    expect(tab.page.listeners).toBe(7)
    await clock.advance(2000)
    expect([tab.page.listeners, tab.channels.size, browser.locks.length, clock.pendingTimers]).toEqual([
      0, 0, 0, 0,
    ])
  })

  test('that comes back after it stopped listening asks anew', async () => {
    server.signIn('ann')
    await run(tab.tokens.load())
    await clock.advance(40_000)
    server.signIn('bob')
    expect(await run(tab.tokens.load())).toMatchObject({ username: 'bob' })
  })

  test('tells subscribers of changes alone', async () => {
    server.signIn('ann')
    const seen: unknown[] = []
    tab.tokens.subscribe(() => seen.push(tab.tokens.getSnapshot()))
    await run(tab.tokens.getAccessToken())
    await clock.advance(1000)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.at(-1)).toBe(tab.tokens.getSnapshot())
  })

  test('methods work without their object', async () => {
    const { signIn, getAccessToken, variant, load, getSnapshot, signOut } = tab.tokens
    await run(signIn(ann))
    expect(await run(getAccessToken())).toMatch(/^fake-token-ann/)
    expect(await run(variant({ scope: 'read' }).getAccessToken())).toMatch(/^fake-token-ann/)
    expect(await run(load())).toBe(getSnapshot())
    expect(await run(signOut())).toEqual({ isSessionEnded: true })
  })

  test('that throws in a listener or onEvent disturbs nothing', async () => {
    server.signIn('ann')
    const fail = (): never => {
      throw new Error('a bug of the page')
    }
    tab = open({ tokens: { onEvent: fail } })
    tab.tokens.subscribe(fail)
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-ann/)
  })

  test('disposed: everything ends, calls reject, and nothing is sent', async () => {
    server.signIn('ann')
    tab.tokens.subscribe(() => undefined)
    const waiting = codeOf(tab.tokens.getAccessToken())
    tab.tokens.dispose()
    tab.tokens.dispose()
    expect(await waiting).toBe('disposed')
    expect(await codeOf(tab.tokens.fetch('vehicles'))).toBe('disposed')
    await clock.advance(60_000)
    expect([tab.page.listeners, tab.channels.size, browser.locks.length, clock.pendingTimers]).toEqual([
      0, 0, 0, 0,
    ])
  })
})

describe('signing in and out', () => {
  test('signs in, and a wrong password changes nothing', async () => {
    expect(await codeOf(tab.tokens.signIn({ ...ann, password: 'wrong' }))).toBe('credentials_rejected')
    await run(tab.tokens.signIn(ann))
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'authenticated', username: 'ann' })
    expect(await codeOf(tab.tokens.signIn({ ...bob, password: 'wrong' }))).toBe('credentials_rejected')
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'ann' })
  })

  test('too many tries are told with their time', async () => {
    server.instead = () => refusal(429, 'too_many_attempts', 'Wait.', { 'retry-after': '30' })
    await expect(run(tab.tokens.signIn(ann))).rejects.toMatchObject({
      code: 'too_many_attempts',
      retryAt: clock.wall() + browser.latencyMs + 30_000,
    })
  })

  test('F58 a token that was under way when somebody signed out is dropped', async () => {
    await run(tab.tokens.signIn(ann))
    let release: (() => void) | undefined
    const answer = Response.json({ accessToken: 'fake-late', expiresInMs: 60_000, signInId: 'sign-in-1' })
    server.instead = route =>
      route === 'token' ? new Promise(resolve => void (release = () => resolve(answer))) : undefined
    const token = codeOf(tab.tokens.getAccessToken())
    await clock.advance(50)
    expect(await run(tab.tokens.signOut())).toEqual({ isSessionEnded: true })
    release?.()
    expect(await token).toBe('reauthorization_required')
    expect(tab.tokens.peekAccessToken()).toBeUndefined()
    expect(status()).toBe('unauthenticated')
    await clock.advance(100)
    expect(JSON.stringify(browser.messages)).not.toContain('fake-late')
  })

  test('signed out is final: nothing is sent until somebody signs in', async () => {
    await run(tab.tokens.signIn(ann))
    server.session = undefined
    tab.tokens.subscribe(() => undefined)
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('reauthorization_required')
    const asked = server.asked.length
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('reauthorization_required')
    expect(await codeOf(tab.tokens.fetch('vehicles'))).toBe('reauthorization_required')
    expect(await codeOf(tab.tokens.refresh())).toBe('reauthorization_required')
    tab.page.send('focus')
    tab.page.send('online')
    await clock.advance(3_600_000)
    expect(server.asked.length).toBe(asked)
    await run(tab.tokens.signIn(ann))
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-ann/)
  })

  test('F3 the answer of an earlier sign-in does not undo a later one', async () => {
    let release: (() => void) | undefined
    server.instead = route =>
      route === 'sign-in' && release === undefined
        ? new Promise(resolve => void (release = () => resolve(undefined)))
        : undefined
    const first = codeOf(tab.tokens.signIn(ann))
    await clock.advance(100)
    await run(tab.tokens.signIn(bob))
    release?.()
    expect(await first).toBe('superseded')
    await clock.advance(100)
    // The cookie is of whoever the server answered last, and the page shows nobody else.
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: server.session?.username })
  })

  test('F3 a late answer to who is signed in does not undo a sign-in', async () => {
    server.signIn('ann')
    let release: (() => void) | undefined
    server.instead = route => {
      if (route !== 'session') return undefined
      const answer = Response.json({ status: 'authenticated', mode: 'mediated', ...server.session })
      return new Promise(resolve => void (release = () => resolve(answer)))
    }
    tab.tokens.subscribe(() => undefined)
    await clock.advance(100)
    await run(tab.tokens.signIn(bob))
    release?.()
    await clock.advance(100)
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'bob' })
    expect(server.count('session')).toBe(1)
  })

  test('a sign-in whose answer is lost is looked up', async () => {
    await run(tab.tokens.signIn(ann))
    server.instead = route => {
      if (route !== 'sign-in') return undefined
      server.signIn('bob')
      return Response.error()
    }
    await codeOf(tab.tokens.signIn(bob))
    await clock.advance(100)
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'bob' })
  })
})

describe('in mediated mode', () => {
  beforeEach(() => void server.signIn('ann'))

  test('F44 a hundred callers share one request', async () => {
    const tokens = await run(Promise.all(Array.from({ length: 100 }, () => tab.tokens.getAccessToken())))
    expect(new Set(tokens).size).toBe(1)
    expect(server.asked).toEqual(['session', 'token'])
  })

  test('a subscriber keeps the token fresh ahead of its end, without a caller', async () => {
    tab.tokens.subscribe(() => undefined)
    await run(tab.tokens.getAccessToken())
    await clock.advance(3_000_000)
    expect(server.count('token')).toBeGreaterThanOrEqual(11)
    expect(server.count('token')).toBeLessThanOrEqual(14)
    const known = tab.tokens.getSnapshot()
    expect(known.status === 'authenticated' && known.expiresAt! > clock.wall()).toBe(true)
  })

  test('a hidden page renews nothing, and catches up when it is seen', async () => {
    tab.tokens.subscribe(() => undefined)
    await run(tab.tokens.getAccessToken())
    tab.page.show(false)
    await clock.advance(7_200_000)
    expect(server.count('token')).toBe(1)
    tab.page.show(true)
    await clock.advance(1000)
    expect(server.count('token')).toBe(2)
  })

  test('a refresh never turns the status back', async () => {
    const seen = new Set<string>()
    await run(tab.tokens.getAccessToken())
    tab.tokens.subscribe(() => seen.add(status()))
    await clock.advance(10_000)
    await run(tab.tokens.refresh())
    expect([...seen]).toEqual(['authenticated'])
    expect(server.questions.at(-1)).toMatchObject({ forceRefresh: true })
  })

  test('C33 one refusal by the API is one refresh and one replay', async () => {
    const old = await run(tab.tokens.getAccessToken())
    await clock.advance(60_000)
    apiAnswer = token => (token === old ? 401 : 200)
    const responses = await run(Promise.all(Array.from({ length: 20 }, () => tab.tokens.fetch('things'))))
    expect(responses.every(response => response.status === 200)).toBe(true)
    expect(server.count('token')).toBe(2)
  })

  test('F43 an API that refuses every token is not asked in a circle', async () => {
    await run(tab.tokens.getAccessToken())
    await clock.advance(60_000)
    apiAnswer = () => 401
    for (let call = 0; call < 10; call++) expect((await run(tab.tokens.fetch('things'))).status).toBe(401)
    expect(server.count('token')).toBeLessThanOrEqual(3)
    expect(tab.requests.filter(({ url }) => url.startsWith(api)).length).toBeLessThanOrEqual(13)
  })

  test('C34 a late refusal of an older token is a replay alone', async () => {
    const attempt = await run(tab.tokens.authorize({ url: 'things', method: 'GET' }))
    await clock.advance(10_000)
    await run(tab.tokens.refresh())
    expect(tab.tokens.settle(attempt, { status: 401, headers: new Headers() })).toBe('replay')
    await run(tab.tokens.authorize({ url: 'things', method: 'GET' }, { replayOf: attempt }))
    expect(server.count('token')).toBe(2)
  })

  test('C35 a 403 refreshes nothing', async () => {
    apiAnswer = () => 403
    expect((await run(tab.tokens.fetch('things'))).status).toBe(403)
    expect(server.count('token')).toBe(1)
  })

  test('a replay in the name of somebody else is refused', async () => {
    const attempt = await run(tab.tokens.authorize({ url: 'things', method: 'GET' }))
    await run(tab.tokens.signIn(bob))
    expect(await codeOf(tab.tokens.authorize({ url: 'things', method: 'GET' }, { replayOf: attempt }))).toBe(
      'superseded',
    )
  })

  test('C75 a caller that aborts stops waiting, and the others get the token', async () => {
    const leaving = new AbortController()
    const left = codeOf(tab.tokens.getAccessToken({ signal: leaving.signal }))
    const stays = tab.tokens.getAccessToken()
    await clock.advance(5)
    leaving.abort()
    expect(await left).toMatch('AbortError')
    expect(await run(stays)).toMatch(/^fake-token/)
    expect(server.count('token')).toBe(1)
  })

  test('C68 a variant asks for its scope, and shares a request of its own', async () => {
    const narrow = tab.tokens.variant({ scope: 'b  a' })
    await run(Promise.all([narrow.getAccessToken(), tab.tokens.variant({ scope: 'a b' }).getAccessToken()]))
    expect(server.questions).toEqual([{ signInId: 'sign-in-1', scope: 'a b' }])
    expect(() => tab.tokens.variant({ resource: 'https://api.test' })).toThrow('scope')
  })

  test('F39 a server that gives the same token again is not asked without a pause', async () => {
    tab.tokens.subscribe(() => undefined)
    const token = await run(tab.tokens.getAccessToken())
    const expiresAt = clock.wall() + 300_000
    server.instead = route =>
      route === 'token'
        ? Response.json({ accessToken: token, expiresInMs: expiresAt - clock.wall(), signInId: 'sign-in-1' })
        : undefined
    await clock.advance(290_000)
    expect(server.count('token')).toBeLessThan(12)
  })

  test('F41 a wall clock that jumps ahead costs one request, and no token is taken for dead for ever', async () => {
    let aheadMs = 0
    tab = open({
      tokens: {
        clock: { wall: () => clock.wall() + aheadMs, monotonic: clock.monotonic, schedule: clock.schedule },
      },
    })
    const token = await run(tab.tokens.getAccessToken())
    await clock.advance(10_000)
    aheadMs = 86_400_000
    // The server's clock did not jump: it gives the same token, which is good.
    for (let call = 0; call < 5; call++) expect(await run(tab.tokens.getAccessToken())).toBe(token)
    expect(server.count('token')).toBe(2)
  })
})

describe('a server that fails', () => {
  beforeEach(() => void server.signIn('ann'))

  test.each<[string, () => Response, string]>([
    ['a 503', () => new Response(null, { status: 503 }), 'server_unavailable'],
    ['a 429', () => new Response(null, { status: 429 }), 'server_unavailable'],
    ['F34 a portal', () => new Response('<html>Pay first', { status: 200 }), 'malformed_response'],
    ['a 401 of somebody else', () => new Response('Basic', { status: 401 }), 'malformed_response'],
    ['a refused origin', () => refusal(403, 'foreign_origin', 'No.'), 'invalid_configuration'],
  ])('F46 %s signs nobody out, and the token that is held stays', async (_what, answer, code) => {
    const token = await run(tab.tokens.getAccessToken())
    server.instead = answer
    await clock.advance(285_000)
    expect(await run(tab.tokens.getAccessToken())).toBe(token)
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'authenticated', error: { code } })
    await clock.advance(20_000)
    expect(await codeOf(tab.tokens.getAccessToken())).toBe(code)
    expect(status()).toBe('authenticated')
    server.instead = () => undefined
    await clock.advance(20_000)
    expect(await run(tab.tokens.getAccessToken())).not.toBe(token)
    expect(tab.tokens.getSnapshot()).toMatchObject({ error: undefined })
  })

  test('for five minutes is asked with pauses, and the first call afterwards works', async () => {
    tab.tokens.subscribe(() => undefined)
    await run(tab.tokens.getAccessToken())
    await clock.advance(230_000)
    server.instead = () => new Response(null, { status: 503 })
    const before = server.count('token')
    await clock.advance(300_000)
    expect(server.count('token') - before).toBeLessThan(60)
    server.instead = () => undefined
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token/)
  })

  test('F48 is not asked again before the time it named', async () => {
    server.instead = route =>
      route === 'token' ? new Response(null, { status: 429, headers: { 'retry-after': '60' } }) : undefined
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('server_unavailable')
    server.instead = () => undefined
    await clock.advance(45_000)
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('server_unavailable')
    expect(server.count('token')).toBe(1)
    await clock.advance(16_000)
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('fine')
  })

  test('at the first question: the status is error, and it recovers by itself', async () => {
    server.instead = () => Response.error()
    const seen: string[] = []
    tab.tokens.subscribe(() => {
      if (seen.at(-1) !== status()) seen.push(status())
    })
    await clock.advance(30_000)
    server.instead = () => undefined
    await clock.advance(15_000)
    expect(seen).toEqual(['pending', 'error', 'authenticated'])
  })

  test('never answers: the time runs out', async () => {
    server.instead = () => new Promise(() => undefined)
    const startedAt = clock.monotonic()
    const code = await codeOf(tab.tokens.load().then(() => Promise.reject(tab.tokens.getSnapshot().error)))
    expect(code).toBe('network_timeout')
    expect(clock.monotonic() - startedAt).toBeLessThan(60_000)
  })

  test('the network comes back: whoever waits goes on at once', async () => {
    await run(tab.tokens.load())
    let isDown = true
    browser.answer = request => (isDown ? Promise.reject(new TypeError('failed')) : server.answer(request))
    for (let call = 0; call < 4; call++) await codeOf(tab.tokens.getAccessToken())
    const waiting = tab.tokens.getAccessToken()
    await clock.advance(10)
    isDown = false
    tab.page.send('online')
    await clock.advance(100)
    expect(await waiting).toMatch(/^fake-token/)
  })
})

describe('in proxy mode', () => {
  beforeEach(() => {
    server.mode = 'proxy'
    server.signIn('ann')
  })

  test('C69 no token is in the page, and the headers name the sign-in', async () => {
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('access_token_not_exposed')
    expect(tab.tokens.peekAccessToken()).toBeUndefined()
    const response = await run(tab.tokens.fetch('vehicles?page=2'))
    expect(await response.json()).toEqual({ owner: 'ann' })
    const { url, headers } = tab.requests.at(-1)!
    expect(url).toBe(`${site}/api/travis/vehicles?page=2`)
    expect([
      headers.get('x-evergrant'),
      headers.get('x-evergrant-sign-in'),
      headers.get('authorization'),
    ]).toEqual(['1', 'sign-in-1', null])
    expect(server.count('token')).toBe(0)
  })

  test('a refusal makes it ask who is signed in, and is not repeated', async () => {
    await run(tab.tokens.load())
    await clock.advance(10_000)
    server.session = undefined
    expect((await run(tab.tokens.fetch('vehicles'))).status).toBe(401)
    await clock.advance(100)
    expect(status()).toBe('unauthenticated')
    expect(server.asked).toEqual(['session', 'vehicles', 'session'])
  })

  test('an API that always refuses causes one question in five seconds', async () => {
    server.instead = route => (route === 'vehicles' ? refusal(401, 'other', 'No.') : undefined)
    for (let call = 0; call < 20; call++) await run(tab.tokens.fetch('vehicles'))
    await clock.advance(4000)
    expect(server.count('session')).toBeLessThanOrEqual(2)
    expect(status()).toBe('authenticated')
  })

  test('a request of the page of somebody else is refused by the server, and the page learns who it is', async () => {
    await run(tab.tokens.load())
    await clock.advance(10_000)
    server.signIn('bob')
    expect((await run(tab.tokens.fetch('vehicles'))).status).toBe(409)
    await clock.advance(100)
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'bob' })
  })

  test('a variant would promise a scope that nobody here decides', async () => {
    expect(await codeOf(tab.tokens.variant({ scope: 'a' }).fetch('vehicles'))).toBe('invalid_configuration')
  })

  test('refresh asks anew who is signed in', async () => {
    await run(tab.tokens.load())
    await run(tab.tokens.refresh())
    expect(server.asked).toEqual(['session', 'session'])
  })
})

describe('waking up', () => {
  test('from the back-forward cache it asks anew who is signed in, before anything is sent', async () => {
    server.signIn('ann')
    await run(tab.tokens.load())
    tab.page.send('pagehide', true)
    tab.page.show(false)
    await clock.advance(1)
    expect([tab.channels.size, browser.locks.length]).toEqual([0, 0])
    server.signIn('bob')
    await clock.advance(1000)
    tab.page.send('pageshow', true)
    tab.page.show(true)
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-bob/)
    expect(tab.channels.size).toBe(1)
  })

  test('after twelve hours of sleep the first call works', async () => {
    server.signIn('ann')
    tab.tokens.subscribe(() => undefined)
    const old = await run(tab.tokens.getAccessToken())
    tab.freeze()
    await clock.advance(43_200_000)
    tab.thaw()
    const token = await run(tab.tokens.getAccessToken())
    expect(token).not.toBe(old)
    expect(server.count('token')).toBe(2)
  })

  test('whoever comes back after a while is looked up again', async () => {
    server.mode = 'proxy'
    server.signIn('ann')
    tab.tokens.subscribe(() => undefined)
    await clock.advance(100)
    tab.page.send('focus')
    await clock.advance(100)
    expect(server.count('session')).toBe(1)
    await clock.advance(300_000)
    server.session = undefined
    tab.page.send('focus')
    await clock.advance(100)
    expect(status()).toBe('unauthenticated')
  })
})
