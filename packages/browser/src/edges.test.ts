import { isEvergrantError } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeServer, refusal } from './fake-server.test-support.ts'
import { FakeBrowser } from './fake-tabs.test-support.ts'
import type { FakeTab } from './fake-tabs.test-support.ts'

const ann = { username: 'ann', password: 'fake-password' }
const bob = { username: 'bob', password: 'fake-password' }
const api = 'https://api.test/v1/'
/** As the platform's clock. */
const longestTimerMs = 3_600_000

let clock: VirtualClock
let server: FakeServer
let browser: FakeBrowser
let tab: FakeTab
let apiStatus: number

beforeEach(() => {
  clock = new VirtualClock()
  server = new FakeServer(clock)
  apiStatus = 200
  browser = new FakeBrowser(
    async request =>
      request.url.startsWith(api) ? new Response(null, { status: apiStatus }) : server.answer(request),
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
const later = (ms: number): Promise<undefined> =>
  new Promise(resolve => void clock.schedule(() => resolve(undefined), ms))

describe('what comes late', () => {
  test('F58 the end of an earlier sign-in does not sign out whoever came since', async () => {
    await run(tab.tokens.signIn(ann))
    server.instead = route =>
      route === 'token' && server.count('token') === 1
        ? later(500).then(() => refusal(401, 'reauthorization_required', 'Ended.'))
        : undefined
    const old = codeOf(tab.tokens.getAccessToken())
    await clock.advance(100)
    await run(tab.tokens.signIn(bob))
    await clock.advance(1000)
    expect(await old).toBe('superseded')
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'authenticated', username: 'bob' })
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-bob/)
  })

  test('a refusal for a sign-in that is over is no reason for a replay', async () => {
    await run(tab.tokens.signIn(ann))
    const attempt = await run(tab.tokens.authorize({ url: 'things', method: 'GET' }))
    await run(tab.tokens.signIn(bob))
    expect(tab.tokens.settle(attempt, { status: 401, headers: new Headers() })).toBe('done')
  })

  test('whoever waits for a failing server is told at once that nobody is signed in any more', async () => {
    await run(tab.tokens.signIn(ann))
    server.instead = route => (route === 'token' ? new Response(null, { status: 503 }) : undefined)
    for (let call = 0; call < 6; call++) await codeOf(tab.tokens.getAccessToken())
    const waiting = codeOf(tab.tokens.getAccessToken())
    await clock.advance(10)
    const startedAt = clock.monotonic()
    await run(tab.tokens.signOut())
    expect(await waiting).toBe('reauthorization_required')
    expect(clock.monotonic() - startedAt).toBeLessThan(100)
  })
})

describe('who never signed in', () => {
  test('is told apart from who is signed in no more', async () => {
    await expect(run(tab.tokens.getAccessToken())).rejects.toMatchObject({ reason: 'never-signed-in' })
    await run(tab.tokens.signIn(ann))
    await run(tab.tokens.signOut())
    await expect(run(tab.tokens.getAccessToken())).rejects.toMatchObject({ reason: 'signed-out' })
  })
})

describe('disposed', () => {
  test('in the middle of the first question, nothing more is asked', async () => {
    const waiting = codeOf(tab.tokens.getAccessToken())
    await clock.advance(5)
    tab.tokens.dispose()
    expect(await waiting).toBe('disposed')
    await clock.advance(60_000)
    expect(server.asked).toEqual(['session'])
  })

  test('with a question for the session ahead, it is not asked', async () => {
    server.mode = 'proxy'
    server.signIn('ann')
    await run(tab.tokens.load())
    server.instead = route => (route === 'vehicles' ? refusal(401, 'other', 'No.') : undefined)
    await run(tab.tokens.fetch('vehicles'))
    tab.tokens.dispose()
    await clock.advance(60_000)
    expect(server.count('session')).toBe(1)
  })

  test('subscribers are not heard, and open nothing', () => {
    tab.tokens.dispose()
    tab.tokens.subscribe(() => undefined)()
    expect([tab.page.listeners, tab.channels.size, clock.pendingTimers]).toEqual([0, 0, 0])
  })

  test('between two rounds of routes that disagree, no timer is left', async () => {
    server.signIn('ann')
    server.instead = route => (route === 'token' ? refusal(409, 'session_changed', 'No.') : undefined)
    await codeOf(tab.tokens.getAccessToken())
    const waiting = codeOf(tab.tokens.getAccessToken())
    await clock.advance(100)
    tab.tokens.dispose()
    expect([await waiting, clock.pendingTimers]).toEqual(['disposed', 0])
  })
})

describe('in mediated mode', () => {
  beforeEach(() => void server.signIn('ann'))

  test('F44 callers share one request also where the page knows no locks', async () => {
    tab = open({ hasLocks: false })
    await run(Promise.all([tab.tokens.getAccessToken(), tab.tokens.getAccessToken()]))
    expect(server.count('token')).toBe(1)
  })

  test('answers of the API that are fine renew nothing', async () => {
    for (let call = 0; call < 10; call++) {
      expect((await run(tab.tokens.fetch('things'))).status).toBe(200)
      await clock.advance(15_000)
    }
    expect(server.count('token')).toBe(1)
  })

  test('C34 a late refusal of an older token is none of the one that is held', async () => {
    const attempt = await run(tab.tokens.authorize({ url: 'things', method: 'GET' }))
    await clock.advance(10_000)
    await run(tab.tokens.refresh())
    expect(tab.tokens.settle(attempt, { status: 401, headers: new Headers() })).toBe('replay')
    await clock.advance(60_000)
    await run(tab.tokens.getAccessToken())
    expect(server.count('token')).toBe(2)
  })

  test('whoever signs out stays in this mode', async () => {
    await run(tab.tokens.load())
    await run(tab.tokens.signOut())
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'unauthenticated', mode: 'mediated' })
  })

  test('F43 an API that refuses everything for an hour costs ever fewer tokens', async () => {
    server.lifetimeMs = 86_400_000
    apiStatus = 401
    await codeOf(tab.tokens.fetch('things'))
    const counts = [0]
    for (let call = 1; call <= 720; call++) {
      await run(tab.tokens.fetch('things'))
      await clock.advance(5000)
      if (call % 360 === 0) counts.push(server.count('token'))
    }
    expect(counts[2]! - counts[1]!).toBeLessThan(12)
    expect(counts[2]).toBeLessThan(40)
  })

  test('a token of a scope tells no listener: nothing that it shows has changed', async () => {
    await run(tab.tokens.getAccessToken())
    let told = 0
    tab.tokens.subscribe(() => told++)
    await run(tab.tokens.variant({ scope: 'read' }).getAccessToken())
    expect([told, server.count('token')]).toEqual([0, 2])
  })

  test('a token that lives for a day is renewed ahead of its end, though no timer of a page runs that long', async () => {
    server.lifetimeMs = 86_400_000
    const schedule: VirtualClock['schedule'] = (callback, delayMs) =>
      clock.schedule(callback, Math.min(delayMs, longestTimerMs))
    tab = open({ tokens: { clock: { wall: clock.wall, monotonic: clock.monotonic, schedule } } })
    tab.tokens.subscribe(() => undefined)
    await run(tab.tokens.getAccessToken())
    await clock.advance(86_390_000)
    expect(server.count('token')).toBe(2)
  })
})

test('F48 the session route is not asked again before the time it named', async () => {
  server.instead = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
  expect(await codeOf(tab.tokens.getAccessToken())).toBe('server_unavailable')
  await clock.advance(5000)
  expect(await codeOf(tab.tokens.getAccessToken())).toBe('server_unavailable')
  expect(server.count('session')).toBe(1)
})
