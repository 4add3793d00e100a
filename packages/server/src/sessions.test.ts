import { isReauthorizationRequiredError, memoryStore } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { travis } from '@evergrant/providers'
import type { TokenStore } from '@evergrant/core'
import { KeyRing } from '@evergrant/core/record'
import { keyUse, seal, unseal } from './sealed-session.ts'
import type { SealedSession } from './sealed-session.ts'
import { CookieJar, createSessionWorld, modes, otherKey, fakeKey, signedIn } from './sessions.test-support.ts'
import type { SessionWorld } from './sessions.test-support.ts'
import type { Sessions } from './sessions.ts'

const vehiclesOf = async (sessions: Sessions, request: Request): Promise<number> =>
  (await sessions.for(request).fetch('vehicles')).status

const usernameOf = async (sessions: Sessions, request: Request): Promise<string | undefined> => {
  const state = await sessions.for(request).getState()
  return state.status === 'authenticated' ? state.username : undefined
}

/** The methods of a store as an object that can be spread. */
const keptAsIs = (store: TokenStore): TokenStore => ({
  read: key => store.read(key),
  write: (key, payload, options) => store.write(key, payload, options),
  watch: listener => store.watch?.(listener) as Disposable,
})

const audienceOf = ({ emulator }: SessionWorld): string => {
  const { clientId, clientSecret } = emulator.travis.credentials.customerClient
  const { provider, server } = travis.customers({ clientId, clientSecret })
  return JSON.stringify([provider, 'evergrant', server.tokenEndpoint, server.issuer, clientId])
}

/** What a browser's cookies hold, opened as the sessions do. */
const openedOf = async (world: SessionWorld, jar: CookieJar): Promise<SealedSession> => {
  const chunks = [...jar.cookies].filter(([name]) => name !== '__Host-evergrant').map(([, chunk]) => chunk)
  const value = chunks.join('').slice(2)
  const sealed = await unseal(value, new KeyRing([fakeKey], keyUse), audienceOf(world), world.clock.wall())
  if (sealed === undefined) throw new Error('The audience of the test is not that of the sessions.')
  return sealed
}

/** Lets the access token expire, and nothing more. */
const expire = (world: SessionWorld): Promise<void> => world.clock.advance(301_000)

describe.each(modes)('sessions with the tokens in the %s', mode => {
  test('nobody is signed in without a cookie, and nothing is asked or set', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const session = sessions.for(new CookieJar().request())
    expect(await session.getState()).toEqual({ status: 'unauthenticated' })
    const refused = session.getAccessToken()
    await expect(refused).rejects.toSatisfy(isReauthorizationRequiredError)
    await expect(refused).rejects.toThrow('Nobody is signed in. Sign in first.')
    expect(session.setCookies).toEqual([])
    expect(world.emulator.journal.count()).toBe(0)
  })

  test('C64 C70 a sign-in sets a __Host- cookie that scripts cannot read and caches do not keep', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = new CookieJar()
    const session = sessions.for(jar.request())
    await session.signIn(world.customer())
    const headers = jar.take(session)
    for (const cookie of headers.getSetCookie()) {
      expect(cookie).toMatch(
        /^__Host-evergrant(?:\.[\w-]{8}(?:\.\d)?)?=[\w.-]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      )
    }
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('vary')).toBe('Cookie')
    expect(await vehiclesOf(sessions, jar.request())).toBe(200)
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer().username)
  })

  test('C69 no token is in the cookie in clear, and none in what the session shows', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const token = await sessions.for(jar.request()).getAccessToken()
    const shown = jar.header + JSON.stringify(await sessions.for(jar.request()).getState())
    expect(shown).not.toContain(token.split('.')[2])
    expect(shown).not.toContain(world.customer().password)
    if (mode === 'store') expect(jar.header).toMatch(/^__Host-evergrant=[\w-]{43}$/)
  })

  test('C71 F21 every sign-in gets a new session id, and ends the earlier session of that browser', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const before = jar.copy()
    const again = sessions.for(jar.request())
    await again.signIn(world.customer(1))
    jar.take(again)
    await world.clock.advance(1000)
    expect(jar.header).not.toBe(before.header)
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer(1).username)
    expect(await usernameOf(sessions, before.request())).toBeUndefined()
    await expect(sessions.for(before.request()).getAccessToken()).rejects.toSatisfy(
      isReauthorizationRequiredError,
    )
  })

  test('F21 a cookie that somebody planted is not adopted by a sign-in', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const planted = new CookieJar()
    planted.cookies.set('__Host-evergrant', 'A'.repeat(43))
    const jar = planted.copy()
    const session = sessions.for(jar.request())
    await session.signIn(world.customer())
    jar.take(session)
    expect(jar.header).not.toContain('A'.repeat(43))
    expect(await usernameOf(sessions, planted.request())).toBeUndefined()
  })

  test('a wrong password leaves the earlier session as it was', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const session = sessions.for(jar.request())
    const wrong = { ...world.customer(), password: 'fake-wrong-password' }
    await expect(session.signIn(wrong)).rejects.toMatchObject({ code: 'credentials_rejected' })
    expect(session.setCookies).toEqual([])
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer().username)
  })

  test('a hundred requests with one old cookie cause one refresh, and nobody is signed out', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    await expire(world)
    const requests = Array.from({ length: 100 }, () => jar.request())
    const statuses = await world.clock.runUntil(
      Promise.all(requests.map(request => vehiclesOf(sessions, request))),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(world.tokenRequests('refresh_token')).toBe(1)
    const answers = requests.map(request => sessions.for(request).setCookies.length > 0)
    // Whoever carried the old tokens gets the new ones; an id stays what it is.
    expect(new Set(answers)).toEqual(new Set([mode === 'cookie']))
  })

  test('F3 a late answer with older cookies costs nothing: the next request finds the newest tokens', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const late = jar.copy()
    for (let round = 0; round < 3; round++) {
      await expire(world)
      const request = jar.request()
      expect(await vehiclesOf(sessions, request)).toBe(200)
      jar.take(sessions.for(request))
    }
    expect(await vehiclesOf(sessions, late.request())).toBe(200)
    expect(world.tokenRequests('refresh_token')).toBe(3)
  })

  test('a lost Set-Cookie is no lost log-in, ten minutes and several rotations later', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    await expire(world)
    expect(await vehiclesOf(sessions, jar.request())).toBe(200)
    await world.clock.advance(10 * 60_000)
    const request = jar.request()
    expect(await vehiclesOf(sessions, request)).toBe(200)
    jar.take(sessions.for(request))
    await world.clock.advance(10 * 60_000)
    expect(await vehiclesOf(sessions, jar.request())).toBe(200)
    expect(world.emulator.journal.entries({ kind: 'token' }).filter(({ status }) => status !== 200)).toEqual(
      [],
    )
  })

  test('two instances on one store share the session, its refresh and its end', async () => {
    const world = createSessionWorld()
    const [one, two] = [world.instance(mode), world.instance(mode)]
    const jar = await signedIn(world, one)
    const old = jar.copy()
    await expire(world)
    const both = [one, two].map(sessions => vehiclesOf(sessions, jar.request()))
    expect(await world.clock.runUntil(Promise.all(both))).toEqual([200, 200])
    expect(world.tokenRequests('refresh_token')).toBe(1)
    await one.for(jar.request()).signOut()
    await world.clock.advance(2000)
    expect(await usernameOf(two, old.request())).toBeUndefined()
    await expect(two.for(old.request()).getAccessToken()).rejects.toSatisfy(isReauthorizationRequiredError)
  })

  test('a sign-out removes the cookies and ends the session at the provider; an old cookie opens nothing', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const old = jar.copy()
    const session = sessions.for(jar.request())
    expect(await session.signOut()).toEqual({ isSessionEnded: true })
    jar.take(session)
    expect(jar.header).toBe('')
    expect(await usernameOf(sessions, old.request())).toBeUndefined()
    await expect(sessions.for(old.request()).getAccessToken()).rejects.toSatisfy(
      isReauthorizationRequiredError,
    )
  })

  test('an outage of the authorization server signs nobody out', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    await expire(world)
    const outage = world.emulator.travis.faults.add({ kind: 'status', status: 503, forMs: 60_000 })
    await expect(sessions.for(jar.request()).getAccessToken()).rejects.toMatchObject({ isTransient: true })
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer().username)
    await world.clock.advance(120_000)
    expect(outage.applied).toBeGreaterThan(0)
    expect(await vehiclesOf(sessions, jar.request())).toBe(200)
  })

  test('C73 a session ends with the known life of its refresh token, whatever maxAgeMs says', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode, { maxAgeMs: 399 * 86_400_000 })
    const jar = await signedIn(world, sessions)
    const state = await sessions.for(jar.request()).getState()
    const lifeMs = 90 * 86_400_000
    expect(state).toMatchObject({ expiresAt: world.clock.wall() + lifeMs })
    await world.clock.advance(lifeMs + 1)
    world.emulator.journal.clear()
    expect(await usernameOf(sessions, jar.request())).toBeUndefined()
    await expect(sessions.for(jar.request()).getAccessToken()).rejects.toSatisfy(
      isReauthorizationRequiredError,
    )
    expect(world.emulator.journal.count()).toBe(0)
  })

  test('a session ends after maxAgeMs, also with a cookie that outlived it', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode, { maxAgeMs: 3_600_000 })
    const jar = await signedIn(world, sessions)
    await world.clock.advance(3_599_000)
    expect(await usernameOf(sessions, jar.request())).toBeDefined()
    await world.clock.advance(2000)
    expect(await usernameOf(sessions, jar.request())).toBeUndefined()
  })

  test('two cookies of one name are refused with a sentence', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jar = await signedIn(world, sessions)
    const headers = { cookie: `${jar.header}; __Host-evergrant=${'B'.repeat(43)}` }
    const session = sessions.for(new Request('https://app.test', { headers }))
    await expect(session.getState()).rejects.toThrow(/cookie __Host-evergrant twice/)
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'invalid_session' })
  })

  test('F14 what the old session of one request does late sets no cookie over the new one', async () => {
    const world = createSessionWorld()
    const slowly: typeof fetch = async (input, init) => {
      const response = await world.emulator.fetch(input, init)
      const sent = await new Response(init?.body ?? null).text()
      const isRefresh = sent.includes('grant_type=refresh_token')
      if (isRefresh) await new Promise<void>(resolve => void world.clock.schedule(() => resolve(), 300))
      return response
    }
    // The old session cannot be ended: what it obtains late would be of use.
    const store: TokenStore = {
      ...keptAsIs(world.store),
      write: async (key, payload, options) => {
        if (/signedOut|isOver/.test(payload)) throw new Error('down')
        return world.store.write(key, payload, options)
      },
    }
    const sessions = world.instance(mode, { store, fetch: slowly })
    const jar = await signedIn(world, sessions, 0)
    await expire(world)
    const session = sessions.for(jar.request())
    const old = session.getTokenSet()
    await world.clock.advance(1)
    expect(world.tokenRequests('refresh_token')).toBe(1)
    await session.signIn(world.customer(1))
    await world.clock.runUntil(old)
    expect(await old).toMatchObject({ tokenType: 'Bearer' })
    jar.take(session)
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer(1).username)
  })

  test('a store that fails while the replaced session ends is tried again, and told of in the end', async () => {
    const world = createSessionWorld()
    let isDown = false
    const failing: TokenStore = {
      ...keptAsIs(world.store),
      write: async (key, payload, options) => {
        if (isDown && /signedOut|isOver/.test(payload)) throw new Error('down')
        return world.store.write(key, payload, options)
      },
    }
    const notices: string[] = []
    const sessions = world.instance(mode, { store: failing, onNotice: notice => void notices.push(notice) })
    const [once, forGood] = [await signedIn(world, sessions), await signedIn(world, sessions)]
    isDown = true
    const old = once.copy()
    await sessions.for(once.request()).signIn(world.customer(1))
    await world.clock.advance(500)
    isDown = false
    await world.clock.advance(10_000)
    expect(await usernameOf(sessions, old.request())).toBeUndefined()
    expect(notices).toEqual([])
    isDown = true
    await sessions.for(forGood.request()).signIn(world.customer(1))
    await world.clock.advance(60_000)
    expect(notices).toEqual([expect.stringMatching(/could not be ended/)])
  })

  test('users never see the tokens of another, in a thousand interleaved requests', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode)
    const jars = await Promise.all([signedIn(world, sessions, 0), signedIn(world, sessions, 1)])
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        sessions.for((jars[index % 2] as CookieJar).request()).getAccessToken(),
      ),
    )
    const [even, odd] = [0, 1].map(rest => new Set(tokens.filter((_, index) => index % 2 === rest)))
    expect([even?.size, odd?.size]).toEqual([1, 1])
    expect(even).not.toEqual(odd)
  })

  test('on plain http on this machine the cookie has another name and is not Secure', async () => {
    const world = createSessionWorld()
    const sessions = world.instance(mode, { allowInsecureLoopback: true })
    const jar = new CookieJar('http://localhost:3000')
    const session = sessions.for(jar.request())
    await session.signIn(world.customer())
    for (const cookie of jar.take(session).getSetCookie()) {
      expect(cookie).toMatch(/^evergrant-development(?:\.[\w-]{8}(?:\.\d)?)?=/)
      expect(cookie).not.toContain('Secure')
    }
    expect(await vehiclesOf(sessions, jar.request())).toBe(200)
  })

  test.each([
    ['http://localhost:3000', /allowInsecureLoopback/],
    ['http://app.test', /over https/],
  ])('a page from %s cannot sign in where the browser would drop the cookie', async (origin, advice) => {
    const world = createSessionWorld()
    const sessions = world.instance(mode, { allowInsecureLoopback: false })
    const session = sessions.for(new CookieJar(origin).request({ headers: { origin } }))
    await expect(session.signIn(world.customer())).rejects.toThrow(advice)
    expect(world.tokenRequests()).toBe(0)
  })
})

describe('sealed cookies', () => {
  test('a restart without a shared store goes on with the cookie', async () => {
    const world = createSessionWorld()
    const jar = await signedIn(world, world.instance('cookie'))
    const restarted = world.instance('cookie', { store: memoryStore({ clock: world.clock }) })
    await expire(world)
    const request = jar.request()
    expect(await vehiclesOf(restarted, request)).toBe(200)
    jar.take(restarted.for(request))
    expect(await usernameOf(restarted, jar.request())).toBe(world.customer().username)
  })

  test('an instance with a store of its own takes over the newer tokens that the cookie brings', async () => {
    const world = createSessionWorld()
    const [one, two] = [0, 1].map(() =>
      world.instance('cookie', { store: memoryStore({ clock: world.clock }) }),
    )
    if (one === undefined || two === undefined) throw new Error('There are two.')
    const jar = await signedIn(world, one)
    for (const sessions of [two, one, two, one]) {
      await expire(world)
      const request = jar.request()
      expect(await vehiclesOf(sessions, request)).toBe(200)
      jar.take(sessions.for(request))
    }
    expect(world.tokenRequests('refresh_token')).toBe(4)
  })

  test('C65 the age of the tokens counts from the sealing, not from the opening', async () => {
    const world = createSessionWorld()
    const jar = await signedIn(world, world.instance('cookie'))
    await world.clock.advance(200_000)
    const restarted = world.instance('cookie', { store: memoryStore({ clock: world.clock }) })
    const tokens = await restarted.for(jar.request()).getTokenSet()
    expect(tokens.expiresAt).toBe(world.clock.wall() + 100_000)
  })

  test('C65 an older key still opens, and the newest seals from then on', async () => {
    const world = createSessionWorld()
    const jar = await signedIn(world, world.instance('cookie'))
    const sessions = world.instance('cookie', { keys: [otherKey, fakeKey] })
    await expire(world)
    const request = jar.request()
    expect(await vehiclesOf(sessions, request)).toBe(200)
    jar.take(sessions.for(request))
    expect(await usernameOf(world.instance('cookie', { keys: otherKey }), jar.request())).toBeDefined()
    expect(await usernameOf(world.instance('cookie'), jar.request())).toBeUndefined()
  })

  test.each([
    ['changed', (value: string) => `${value.slice(0, -5)}AAAAA`],
    ['cut', (value: string) => value.slice(0, -40)],
    ['no seal at all', () => '1.nonsense'],
    ['of another count', (value: string) => value.replace(/^\d/, '3')],
    ['empty', () => ''],
  ])('F52 a cookie that is %s is nobody, and is removed once', async (_what, change) => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const jar = await signedIn(world, sessions)
    const data = `__Host-evergrant.${jar.cookies.get('__Host-evergrant')}`
    jar.cookies.set(data, change(jar.cookies.get(data) ?? ''))
    const session = sessions.for(jar.request())
    expect(await session.getState()).toEqual({ status: 'unauthenticated' })
    jar.take(session)
    expect(jar.cookies.size).toBe(0)
  })

  test('C65 a cookie that was sealed for other sessions opens none of these', async () => {
    const world = createSessionWorld()
    const other = world.instance('cookie', { cookie: { name: 'other' } })
    const jar = await signedIn(world, other)
    expect(await usernameOf(other, jar.request())).toBeDefined()
    for (const [name, value] of jar.cookies) jar.cookies.set(name.replace('other', 'evergrant'), value)
    expect(jar.cookies.get('__Host-evergrant')).toBe(jar.cookies.get('__Host-other'))
    expect(await usernameOf(world.instance('cookie'), jar.request())).toBeUndefined()
  })

  test.each([
    ['another client', { clientId: 'fake-other-client' }],
    ['another server', { tokenEndpoint: 'https://other.example.com/token' }],
  ])(
    'F51 after a deploy with %s nobody is locked out: old cookies are nobody, and a sign-in works',
    async (_what, change) => {
      const world = createSessionWorld()
      const jar = await signedIn(world, world.instance('cookie'))
      const { clientId, clientSecret } = world.emulator.travis.credentials.customerClient
      const { apiUrl } = world.emulator.travis.endpoints()
      const authorization = travis.customers({ clientId, clientSecret, apiUrl, ...change })
      const sessions = world.instance('cookie', { authorization })
      const session = sessions.for(jar.request())
      expect(await session.getState()).toEqual({ status: 'unauthenticated' })
      jar.take(session)
      expect(jar.header).toBe('')
    },
  )

  test('only what the next instance needs travels: no claim, failure or refusal of this one', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const jar = await signedIn(world, sessions)
    await sessions.for(jar.request()).variant({ scope: 'openid' }).getAccessToken()
    await world.clock.advance(60_000)
    world.emulator.travis.revokeAccessTokens()
    const session = sessions.for(jar.request())
    expect((await session.fetch('vehicles')).status).toBe(200)
    jar.take(session)
    const { record } = await openedOf(world, jar)
    expect(Object.keys(JSON.parse(record) as object)).toEqual(
      expect.not.arrayContaining(['claim', 'failure', 'rejection']),
    )
    expect(Object.keys((JSON.parse(record) as { access: object }).access)).toEqual([''])
  })

  test('a record of a newer release in the cookie locks nobody out', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const jar = await signedIn(world, sessions)
    const label = jar.cookies.get('__Host-evergrant') ?? ''
    const keys = new KeyRing([fakeKey], keyUse)
    const audience = audienceOf(world)
    const sealed = await openedOf(world, jar)
    const newer = await seal({ ...sealed, record: JSON.stringify({ schema: 2 }) }, keys, audience)
    for (const name of jar.cookies.keys()) if (name !== '__Host-evergrant') jar.cookies.delete(name)
    jar.cookies.set(`__Host-evergrant.${label}`, `1.${newer}`)
    const session = sessions.for(jar.request())
    expect(await session.getState()).toEqual({ status: 'unauthenticated' })
    const again = sessions.for(jar.request())
    await again.signIn(world.customer(1))
    jar.take(again)
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer(1).username)
  })

  test('F14 F3 a late answer of the session before does not bring that one back, not even after a restart', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const jar = await signedIn(world, sessions, 0)
    await expire(world)
    const late = sessions.for(jar.request())
    expect((await late.fetch('vehicles')).status).toBe(200)
    const next = sessions.for(jar.request())
    await next.signIn(world.customer(1))
    jar.take(next)
    jar.take(late)
    expect(await usernameOf(sessions, jar.request())).toBe(world.customer(1).username)
    const restarted = world.instance('cookie', { store: memoryStore({ clock: world.clock }) })
    expect(await usernameOf(restarted, jar.request())).toBe(world.customer(1).username)
    await expire(world)
    const request = jar.request()
    expect(await vehiclesOf(restarted, request)).toBe(200)
    jar.take(restarted.for(request))
    // What the late answer left behind is swept with the next renewal.
    expect([...jar.cookies.keys()].filter(name => /\.[\w-]{8}$/.test(name))).toHaveLength(1)
  })

  test('C79 a refresh is in the cookie also where the server names no lifetime', async () => {
    const world = createSessionWorld()
    const nameless: typeof fetch = async (input, init) => {
      const response = await world.emulator.fetch(input, init)
      if (!String(input instanceof Request ? input.url : input).endsWith('/token')) return response
      const {
        expires_in: _in,
        refresh_expires_in: _refresh,
        ...body
      } = (await response.json()) as Record<string, unknown>
      return Response.json(body, { status: response.status })
    }
    const sessions = world.instance('cookie', { fetch: nameless })
    const jar = await signedIn(world, sessions)
    await world.clock.advance(60_000)
    world.emulator.travis.revokeAccessTokens()
    const request = jar.request()
    expect(await vehiclesOf(sessions, request)).toBe(200)
    jar.take(sessions.for(request))
    const restarted = world.instance('cookie', {
      fetch: nameless,
      store: memoryStore({ clock: world.clock }),
    })
    expect(await vehiclesOf(restarted, jar.request())).toBe(200)
    // A token that was just taken over is renewed only after a pause.
    await world.clock.advance(10_000)
    world.emulator.travis.revokeAccessTokens()
    expect(await vehiclesOf(restarted, jar.request())).toBe(200)
    expect(world.tokenRequests('refresh_token')).toBe(2)
  })

  test('F4 a place that cannot set cookies never refreshes, and says what to do', async () => {
    const world = createSessionWorld()
    const sessions = world.instance('cookie')
    const jar = await signedIn(world, sessions)
    const reading = sessions.forReading(jar.request())
    expect((await reading.fetch('vehicles')).status).toBe(200)
    await expire(world)
    await expect(sessions.forReading(jar.request()).getAccessToken()).rejects.toMatchObject({
      code: 'needs_refresh',
    })
    expect(world.tokenRequests('refresh_token')).toBe(0)
    const request = jar.request()
    expect(await vehiclesOf(sessions, request)).toBe(200)
    expect((await sessions.forReading(jar.request()).fetch('vehicles')).status).toBe(200)
  })
})

test('a session in the store ends after its own time, also where the store keeps records for longer', async () => {
  const world = createSessionWorld()
  const store: TokenStore = {
    ...keptAsIs(world.store),
    write: (key, payload, { keepMs: _keepMs, ...options }) => world.store.write(key, payload, options),
  }
  const sessions = world.instance('store', { store, maxAgeMs: 3_600_000 })
  const jar = await signedIn(world, sessions)
  await world.clock.advance(3_599_000)
  expect(await usernameOf(sessions, jar.request())).toBeDefined()
  await world.clock.advance(2000)
  expect(await usernameOf(sessions, jar.request())).toBeUndefined()
})

test('tokens in the store are refreshed also where no cookie can be set', async () => {
  const world = createSessionWorld()
  const sessions = world.instance('store')
  const jar = await signedIn(world, sessions)
  await expire(world)
  expect((await sessions.forReading(jar.request()).fetch('vehicles')).status).toBe(200)
  expect(world.tokenRequests('refresh_token')).toBe(1)
})
