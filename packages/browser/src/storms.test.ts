import { isEvergrantError } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeServer, refusal } from './fake-server.test-support.ts'
import { FakeBrowser } from './fake-tabs.test-support.ts'
import type { FakeTab } from './fake-tabs.test-support.ts'

const ann = { username: 'ann', password: 'fake-password' }

let clock: VirtualClock
let server: FakeServer
let browser: FakeBrowser
let tab: FakeTab

beforeEach(() => {
  clock = new VirtualClock()
  server = new FakeServer(clock)
  browser = new FakeBrowser(server.answer, { clock })
  tab = browser.open()
})

const run = <T>(promise: Promise<T>): Promise<T> => clock.runUntil(promise)
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  run(
    promise.then(
      () => 'fine',
      (error: unknown) => (isEvergrantError(error) ? error.code : String(error)),
    ),
  )
const down = (): Response => new Response(null, { status: 503 })
const later = (ms: number): Promise<undefined> =>
  new Promise(resolve => void clock.schedule(() => resolve(undefined), ms))

/** Asks for a token whenever none is there, as the hooks of React do. */
function obtainWhenMissing(): void {
  tab.tokens.subscribe(() => {
    const { status, isRefreshing } = tab.tokens.getSnapshot()
    if (status !== 'authenticated' || isRefreshing || tab.tokens.peekAccessToken() !== undefined) return
    void tab.tokens.getAccessToken().catch(() => undefined)
  })
}

describe('F46 no storm', () => {
  test.each<[string, () => Response]>([
    ['knows no tokens', () => refusal(404, 'not_found', 'No.')],
    ['knows somebody else', () => refusal(409, 'session_changed', 'No.')],
  ])('comes of a token route that %s, while the session route is of another mind', async (_what, answer) => {
    server.signIn('ann')
    server.instead = route => (route === 'token' ? answer() : undefined)
    obtainWhenMissing()
    await clock.advance(60_000)
    expect(server.count('token')).toBeLessThan(15)
    server.instead = () => undefined
    await clock.advance(10_000)
    expect(tab.tokens.peekAccessToken()).toMatch(/^fake-token-ann/)
    // All is forgotten: another disagreement, much later, costs no long pause.
    server.instead = route => (route === 'token' && server.count('token') % 2 === 1 ? answer() : undefined)
    await clock.advance(10_000)
    await codeOf(tab.tokens.refresh())
    const startedAt = clock.monotonic()
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('fine')
    expect(clock.monotonic() - startedAt).toBeLessThan(1500)
  })

  test('comes of such a disagreement, and nobody who signs in meanwhile waits for its end', async () => {
    server.signIn('ann')
    server.instead = route => (route === 'token' ? refusal(409, 'session_changed', 'No.') : undefined)
    obtainWhenMissing()
    await clock.advance(60_000)
    server.instead = () => undefined
    const startedAt = clock.monotonic()
    await run(tab.tokens.signIn({ ...ann, username: 'bob' }))
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-bob/)
    expect(clock.monotonic() - startedAt).toBeLessThan(300)
  })

  test('comes of components that are mounted while the server fails', async () => {
    server.instead = down
    for (let mounted = 0; mounted < 100; mounted++) {
      tab.tokens.subscribe(() => undefined)
      await clock.advance(50)
    }
    expect(server.count('session')).toBeLessThan(6)
  })

  test('comes of a proxy that refuses, while nobody tells who is signed in', async () => {
    server.mode = 'proxy'
    server.signIn('ann')
    await run(tab.tokens.load())
    await clock.advance(10_000)
    server.instead = route => (route === 'session' ? down() : refusal(401, 'other', 'No.'))
    for (let call = 0; call < 100; call++) await run(tab.tokens.fetch('vehicles'))
    await clock.advance(100)
    expect(server.count('session')).toBeLessThan(8)
  })

  test('comes of a sign-in that takes its time: who waits for it is answered with its outcome', async () => {
    server.instead = route => (route === 'sign-in' ? later(5000) : undefined)
    tab.tokens.subscribe(() => undefined)
    const signingIn = tab.tokens.signIn(ann)
    const token = tab.tokens.getAccessToken()
    await run(signingIn)
    expect(await run(token)).toMatch(/^fake-token-ann/)
    expect(server.count('session')).toBe(1)
  })

  test('comes of a sign-in that fails: it is asked once who is signed in', async () => {
    server.instead = async route => (route === 'sign-in' ? later(5000).then(down) : undefined)
    tab.tokens.subscribe(() => undefined)
    const signingIn = codeOf(tab.tokens.signIn(ann))
    const token = codeOf(tab.tokens.getAccessToken())
    expect([await signingIn, await token]).toEqual(['server_unavailable', 'reauthorization_required'])
    expect(server.count('session')).toBe(2)
  })
})

test('callers that wait for the network leave no timer behind when it is back', async () => {
  server.signIn('ann')
  await run(tab.tokens.load())
  browser.answer = () => Promise.reject(new TypeError('failed'))
  expect(await codeOf(tab.tokens.getAccessToken())).toBe('network_error')
  const waiting = Array.from({ length: 50 }, () => tab.tokens.getAccessToken())
  await clock.advance(10)
  expect(clock.pendingTimers).toBeGreaterThanOrEqual(50)
  browser.answer = server.answer
  tab.page.send('online')
  expect(clock.pendingTimers).toBeLessThan(5)
  await run(Promise.all(waiting))
})

describe('what is not certain', () => {
  test('a sign-out whose answer is lost is looked up', async () => {
    await run(tab.tokens.signIn(ann))
    await run(tab.tokens.getAccessToken())
    server.instead = route => {
      if (route !== 'sign-out') return undefined
      server.session = undefined
      return Response.error()
    }
    expect(await codeOf(tab.tokens.signOut())).toMatch(/^(?:network_error|malformed_response)$/)
    await clock.advance(100)
    expect(tab.tokens.getSnapshot().status).toBe('unauthenticated')
    expect(tab.tokens.peekAccessToken()).toBeUndefined()
  })

  test('a sign-out that the server refuses changes nothing, and asks nothing', async () => {
    await run(tab.tokens.signIn(ann))
    server.instead = () => refusal(403, 'foreign_origin', 'No.')
    expect(await codeOf(tab.tokens.signOut())).toBe('invalid_configuration')
    await clock.advance(100)
    expect(server.asked).toEqual(['sign-in', 'sign-out'])
  })

  test('F14 who came while the page was away is asked for until an answer comes', async () => {
    server.signIn('ann')
    await run(tab.tokens.getAccessToken())
    tab.page.send('pagehide', true)
    await clock.advance(1000)
    server.signIn('bob')
    server.instead = down
    tab.page.send('pageshow', true)
    await clock.advance(100)
    // An outage signs nobody out.
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'ann', error: { code: 'server_unavailable' } })
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-ann/)
    server.instead = () => undefined
    await clock.advance(2000)
    expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-bob/)
  })

  test('F14 the same, while somebody looks at the page, without a caller', async () => {
    server.signIn('ann')
    tab.tokens.subscribe(() => undefined)
    await run(tab.tokens.getAccessToken())
    tab.page.send('pagehide', true)
    server.signIn('bob')
    server.instead = down
    tab.page.send('pageshow', true)
    await clock.advance(100)
    server.instead = () => undefined
    await clock.advance(2000)
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'bob', error: undefined })
  })
})

test('a browser that denies the channel leaves the tab alone, and everything works', async () => {
  server.signIn('ann')
  const denied = (): never => {
    throw new DOMException('The operation is insecure.', 'SecurityError')
  }
  const locks = {
    request: () => Promise.reject(new DOMException('Denied.', 'SecurityError')),
    query: () => Promise.reject(new DOMException('Denied.', 'SecurityError')),
  }
  tab = browser.open({ tokens: { channel: denied, locks } })
  tab.tokens.subscribe(() => undefined)
  expect(await run(tab.tokens.getAccessToken())).toMatch(/^fake-token-ann/)
  expect(tab.page.listeners).toBe(7)
})
