import { isEvergrantError } from '@evergrant/core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { FakeTab } from './fake-tabs.test-support.ts'
import { createRealWorld, ownerOf } from './real-server.test-support.ts'
import type { RealWorld } from './real-server.test-support.ts'

let world: RealWorld
const run = <T>(promise: Promise<T>): Promise<T> => world.clock.runUntil(promise)
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  run(
    promise.then(
      () => 'fine',
      (error: unknown) => (isEvergrantError(error) ? error.code : error),
    ),
  )
const tokenRequests = (): number => world.asked.filter(route => route === 'token').length
const refreshes = (): number => world.emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })
const openTab = (): FakeTab => world.browser.open({ tokens: { api: { baseUrl: world.apiUrl } } })

describe.each(['store', 'cookie'] as const)(
  'mediated mode, with the tokens of the server in the %s',
  tokensIn => {
    let tabs: FakeTab[]
    beforeEach(async () => {
      world = createRealWorld(true, tokensIn)
      tabs = Array.from({ length: 4 }, openTab)
      await run(tabs[0]!.tokens.signIn(world.customer()))
    })

    test('twenty expiries are twenty requests of the tabs, and no more refreshes', async () => {
      for (let expiry = 1; expiry <= 20; expiry++) {
        const asked = tabs.flatMap(({ tokens }) => Array.from({ length: 5 }, () => tokens.getAccessToken()))
        const tokens = await run(Promise.all(asked))
        expect(new Set(tokens).size).toBe(1)
        expect(tokenRequests()).toBe(expiry)
        await world.clock.advance(300_000)
      }
      // The last token may be renewed by the server itself, ahead of its end.
      expect([19, 20]).toContain(refreshes())
    })

    test('F40 a watched page gets a better token at its first try, because it says what it has', async () => {
      tabs[0]!.tokens.subscribe(() => undefined)
      await run(tabs[0]!.tokens.getAccessToken())
      await world.clock.advance(3_000_000)
      expect(tokenRequests()).toBeLessThanOrEqual(14)
      expect(refreshes()).toBeLessThanOrEqual(14)
    })

    test('C33 a revoked token is renewed once, for all tabs', async () => {
      await run(Promise.all(tabs.map(({ tokens }) => tokens.fetch('vehicles'))))
      await world.clock.advance(60_000)
      world.emulator.travis.revokeAccessTokens()
      const responses = await run(
        Promise.all(tabs.flatMap(({ tokens }) => [tokens.fetch('vehicles'), tokens.fetch('vehicles')])),
      )
      expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200))
      expect(tokenRequests()).toBe(2)
    })

    test('F14 another user in another tab: the next token is theirs, and data is of its own user', async () => {
      const first = await run(tabs[1]!.tokens.getAccessToken())
      await run(tabs[2]!.tokens.signIn(world.customer(1)))
      const second = await run(tabs[1]!.tokens.getAccessToken())
      expect([ownerOf(first), ownerOf(second)]).toEqual([0, 1].map(index => world.customer(index).username))
    })

    test('C73 a session that the provider ended is over, and nobody asks again', async () => {
      await run(tabs[0]!.tokens.getAccessToken())
      world.emulator.travis.revokeRefreshTokens()
      await world.clock.advance(301_000)
      expect(await codeOf(tabs[0]!.tokens.getAccessToken())).toBe('reauthorization_required')
      const asked = world.asked.length
      expect(await codeOf(tabs[0]!.tokens.getAccessToken())).toBe('reauthorization_required')
      expect(world.asked.length).toBe(asked)
    })

    test('F46 a provider that is down signs nobody out', async () => {
      await run(tabs[0]!.tokens.getAccessToken())
      world.emulator.travis.faults.add({ kind: 'status', status: 503, times: 1000, on: 'token' })
      await world.clock.advance(301_000)
      expect(await codeOf(tabs[0]!.tokens.getAccessToken())).toBe('server_unavailable')
      expect(tabs[0]!.tokens.getSnapshot().status).toBe('authenticated')
      world.emulator.travis.faults.clear()
      await world.clock.advance(60_000)
      expect(await codeOf(tabs[0]!.tokens.getAccessToken())).toBe('fine')
    })

    test('C71 signs out of the provider as well', async () => {
      expect(await run(tabs[0]!.tokens.signOut())).toEqual({ isSessionEnded: true })
      expect(await codeOf(tabs[3]!.tokens.getAccessToken())).toBe('reauthorization_required')
    })
  },
)

describe('proxy mode', () => {
  test('C69 the page gets its data without a token, and learns when the session is over', async () => {
    world = createRealWorld(false)
    const tab = openTab()
    await run(tab.tokens.signIn(world.customer()))
    const vehicles = await run(tab.tokens.fetch('vehicles'))
    expect(vehicles.status).toBe(200)
    expect((await run(tab.tokens.fetch(`${world.apiUrl}vehicles`))).status).toBe(200)
    expect(await codeOf(tab.tokens.getAccessToken())).toBe('access_token_not_exposed')
    expect(await codeOf(tab.tokens.fetch('https://other.test/'))).toBe('origin_not_allowed')
    await world.clock.advance(310_000)
    expect((await run(tab.tokens.fetch('vehicles'))).status).toBe(200)
    world.emulator.travis.revokeRefreshTokens()
    world.emulator.travis.revokeAccessTokens()
    await world.clock.advance(20_000)
    expect((await run(tab.tokens.fetch('vehicles'))).status).toBe(401)
    await world.clock.advance(6000)
    expect(tab.tokens.getSnapshot().status).toBe('unauthenticated')
  })

  test('F14 a page that was deaf while the user changed is answered 409, and then shows the new one', async () => {
    world = createRealWorld(false)
    const deaf = world.browser.open({ hasChannel: false })
    const other = openTab()
    await run(deaf.tokens.signIn(world.customer()))
    await world.clock.advance(10_000)
    await run(other.tokens.signIn(world.customer(1)))
    expect((await run(deaf.tokens.fetch('vehicles'))).status).toBe(409)
    await world.clock.advance(100)
    expect(deaf.tokens.getSnapshot()).toMatchObject({ username: world.customer(1).username })
    expect((await run(deaf.tokens.fetch('vehicles'))).status).toBe(200)
  })

  test('a wrong password is told, and too many of them as well', async () => {
    world = createRealWorld(false)
    const tab = openTab()
    const wrong = { ...world.customer(), password: 'fake-wrong' }
    const codes = []
    for (let attempt = 0; attempt < 6; attempt++) codes.push(await codeOf(tab.tokens.signIn(wrong)))
    expect(codes).toEqual([...Array(5).fill('credentials_rejected'), 'too_many_attempts'])
  })
})
