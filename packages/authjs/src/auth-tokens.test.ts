import { decode, encode } from '@auth/core/jwt'
import { memoryStore } from '@evergrant/core'
import { travis } from '@evergrant/providers'
import { describe, expect, test } from 'vitest'
import { createAuthTokens } from './create-auth-tokens.ts'
import { keycloakSignIn } from './keycloak-sign-ins.ts'
import { passwordSignIn } from './sign-in.ts'
import { auth, origin, travisAt, world } from './world.test-support.ts'
import type { World } from './world.test-support.ts'
import type { Visitor } from './visitor.test-support.ts'

const refreshes = ({ emulator }: World): number =>
  emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })

const requestOf = (person: Visitor): Request =>
  new Request(`${origin}/page`, { headers: { cookie: person.cookieHeader(origin) } })

const salt = '__Secure-authjs.session-token'
const secret = 'fake-secret-fake-secret-fake-secret'

/** What Auth.js' cookie holds. */
async function claimsOf(person: Visitor): Promise<Record<string, unknown>> {
  const pairs = person
    .cookieHeader(origin)
    .split('; ')
    .filter(pair => pair.startsWith(salt))
  const token = pairs.map(pair => pair.slice(pair.indexOf('=') + 1)).join('')
  return { ...(await decode({ token, secret, salt })) }
}

describe.each(['store', 'cookie'] as const)('a session of Auth.js with the tokens in the %s', tokensIn => {
  test('tells who signed in, and no token', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    const session = await person.session(auth)
    expect(session).toMatchObject({ user: { email: 'anna.devries@customer.example' } })
    expect(Object.keys(session ?? {}).toSorted()).toEqual(['expires', 'user'])
    expect(app.errors).toEqual([])
  })

  test('answers a hundred parallel requests with one expired cookie by one refresh', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    const cookie = person.cookieHeader(origin)
    await app.clock.advance(301_000)
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await app.handle(new Request(`${auth}/session`, { headers: { cookie } }))
        return (await response.json()) as Record<string, unknown>
      }),
    )
    expect(answers.every(answer => answer['error'] === undefined && answer['user'] !== undefined)).toBe(true)
    expect(refreshes(app)).toBe(1)
    // And one that comes a minute later, with the same old cookie.
    await app.clock.advance(60_000)
    person.restore(origin, cookie)
    expect(await person.session(auth)).not.toHaveProperty('error')
    expect(refreshes(app)).toBe(1)
  })

  test('outlives an outage of the server', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    await app.clock.advance(301_000)
    app.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: 1000 })
    for (let second = 0; second < 60; second += 5) {
      const session = await person.session(auth)
      expect(session).toHaveProperty('user')
      expect(session).not.toHaveProperty('error')
      await app.clock.advance(5000)
    }
    app.emulator.travis.faults.clear()
    await app.clock.advance(60_000)
    await person.session(auth)
    expect(await app.tokens.getAccessToken(requestOf(person))).toBeTruthy()
  })

  test('with a dead refresh token says RefreshTokenError, until somebody signs in again', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    await app.clock.advance(301_000)
    app.emulator.travis.killSessions()
    expect(await person.session(auth)).toMatchObject({ error: 'RefreshTokenError', user: expect.anything() })
    expect(await person.session(auth)).toMatchObject({ error: 'RefreshTokenError' })
    await expect(app.tokens.getAccessToken(requestOf(person))).rejects.toMatchObject({
      name: expect.stringMatching(/ReauthorizationRequiredError|NeedsRefreshError/) as string,
    })
    expect(await (await app.signedIn()).session(auth)).not.toHaveProperty('error')
  })

  test('ends with a sign-out, also for a copy of its cookie and for another instance', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    const cookie = person.cookieHeader(origin)
    const other = app.another()
    await person.signOut(auth)
    expect(await person.session(auth)).toBeNull()
    expect(app.emulator.journal.count({ kind: 'logout' })).toBe(1)
    for (const place of [app, other]) {
      const thief = place.visitor()
      thief.restore(origin, cookie)
      await expect(place.tokens.getAccessToken(requestOf(thief))).rejects.toMatchObject({
        name: 'ReauthorizationRequiredError',
      })
      expect(await thief.session(auth)).toBeNull()
    }
  })

  test('reaches its own tokens and nobody else’s', async () => {
    const app = world({ tokensIn })
    const people = await Promise.all(([0, 1, 2] as const).map(index => app.signedIn(index)))
    const tokens = await Promise.all(people.map(person => app.tokens.getAccessToken(requestOf(person))))
    expect(new Set(tokens).size).toBe(3)
    const plates = await Promise.all(
      people.map(async person => (await app.tokens.for(requestOf(person)).fetch('vehicles')).text()),
    )
    expect(new Set(plates).size).toBe(3)
  })

  test('cannot be pointed at another’s tokens by update() of the page', async () => {
    const foreign = { signIn: 'travis', id: 'A'.repeat(43) }
    const app = world(
      { tokensIn },
      // What many guides show, and what lets a page write into its own cookie.
      {
        callbacks: {
          jwt: ({ token, trigger, session }) => (trigger === 'update' ? { ...token, ...session } : token),
        },
      },
    )
    const person = await app.signedIn()
    const before = await claimsOf(person)
    const csrfToken = await person.csrfToken(auth)
    const request = new Request(`${auth}/session`, {
      method: 'POST',
      headers: { cookie: person.cookieHeader(origin), 'content-type': 'application/json' },
      body: JSON.stringify({ csrfToken, data: { evergrant: foreign, nickname: 'Anna' } }),
    })
    person.keep(origin, await app.handle(request))
    const after = await claimsOf(person)
    expect(after['nickname']).toBe('Anna')
    expect((after['evergrant'] as { id: string }).id).toBe((before['evergrant'] as { id: string }).id)
  })

  test('survives a restart of a process that shares the store', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    await app.clock.advance(301_000)
    const cookie = person.cookieHeader(origin)
    expect(await person.session(auth)).not.toHaveProperty('error')
    const later = app.another()
    const visitor = later.visitor()
    visitor.restore(origin, cookie)
    expect(await visitor.session(auth)).toMatchObject({ user: expect.anything() })
    expect(refreshes(app)).toBe(1)
  })

  test('is not ended by a store that is down', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    const broken = {
      read: () => Promise.reject(new Error('The store is down.')),
      write: () => Promise.reject(new Error('The store is down.')),
    }
    const down = app.another({ store: broken })
    const visitor = down.visitor()
    visitor.restore(origin, person.cookieHeader(origin))
    expect(await visitor.session(auth)).toMatchObject({ user: expect.anything() })
    expect(down.errors).toHaveLength(1)
    await expect(down.tokens.getAccessToken(requestOf(visitor))).rejects.toMatchObject({ name: 'StoreError' })
  })

  test('shows the access token only where it was asked for', async () => {
    const app = world({ tokensIn, exposeAccessToken: true })
    const person = await app.signedIn()
    const token = await app.tokens.getAccessToken(requestOf(person))
    expect(await person.session(auth)).toMatchObject({ accessToken: token })
  })
})

test('the cookie holds a name of the tokens, and stays as small through every refresh', async () => {
  const app = world()
  const person = await app.signedIn()
  const before = await claimsOf(person)
  expect(Object.keys(before['evergrant'] as object).toSorted()).toEqual(['id', 'signIn'])
  await app.clock.advance(301_000)
  await person.session(auth)
  expect((await claimsOf(person))['evergrant']).toEqual(before['evergrant'])
})

test('with tokens in the cookie getAccessToken only reads, and auth() refreshes', async () => {
  const app = world({ tokensIn: 'cookie' })
  const person = await app.signedIn()
  await app.clock.advance(301_000)
  await expect(app.tokens.getAccessToken(requestOf(person))).rejects.toMatchObject({
    name: 'NeedsRefreshError',
  })
  expect(refreshes(app)).toBe(0)
  const old = requestOf(person)
  // As in a server component: Auth.js refreshes, and its Set-Cookie is dropped.
  await app.handle(new Request(`${auth}/session`, { headers: old.headers }))
  expect(await app.tokens.getAccessToken(old)).toBeTruthy()
  expect(refreshes(app)).toBe(1)
})

test('with tokens in the store getAccessToken refreshes wherever it is called', async () => {
  const app = world()
  const person = await app.signedIn()
  await app.clock.advance(301_000)
  const tokens = await Promise.all(
    Array.from({ length: 20 }, () => app.tokens.getAccessToken(requestOf(person))),
  )
  expect(new Set(tokens).size).toBe(1)
  expect(refreshes(app)).toBe(1)
})

describe('getAccessToken', () => {
  test.each([
    ['no cookie', {}],
    ['a cookie that nobody sealed', { cookie: `${salt}=x.y.z` }],
    ['a bearer token instead of a cookie', { authorization: 'Bearer x.y.z' }],
  ])('of a request with %s asks for a sign-in', async (_, headers) => {
    const app = world()
    await expect(app.tokens.getAccessToken(new Request(origin, { headers }))).rejects.toMatchObject({
      name: 'ReauthorizationRequiredError',
    })
  })

  test('of a sign-in that is not ours asks for one', async () => {
    const app = world()
    const token = await encode({ token: { sub: 'fake' }, secret, salt })
    const request = new Request(origin, { headers: { cookie: `${salt}=${token}` } })
    await expect(app.tokens.getAccessToken(request)).rejects.toMatchObject({
      name: 'ReauthorizationRequiredError',
    })
  })
})

describe('the application’s own callbacks', () => {
  test('run after ours, and see our result but not the ticket', async () => {
    const seen: unknown[] = []
    const app = world(
      {},
      {
        callbacks: {
          jwt: ({ token, profile }) => {
            seen.push(token['evergrant'])
            return profile === undefined ? token : { ...token, groups: profile['groups'] }
          },
          session: ({ session, token }) => {
            seen.push(token['evergrant'])
            return { ...session, groups: token['groups'] }
          },
        },
      },
    )
    const person = await app.signedIn()
    expect(await person.session(auth)).toMatchObject({ groups: ['/customers/haulier-noord'] })
    expect(seen).toEqual([undefined, undefined, undefined])
  })

  test('that return a session without a user get no ticket into it, as next-auth fills it in', async () => {
    const app = world({ tokensIn: 'cookie' })
    const token = await claimsOf(await app.signedIn())
    expect(token).toHaveProperty('evergrant')
    const callback = app.tokens.session(() => ({ expires: '2030-01-01T00:00:00.000Z' }))
    const session = { user: { name: 'Anna' }, expires: '2030-01-01T00:00:00.000Z' }
    // What `auth()` does around every session callback.
    const params = { session, token } as unknown as Parameters<typeof callback>[0]
    const own = await callback(params)
    const filled = { user: params.token, ...own }
    expect(JSON.stringify(filled)).not.toContain('evergrant')
    expect(filled.user).toMatchObject({ email: 'anna.devries@customer.example' })
    expect(token).toHaveProperty('evergrant')
  })

  test('can end a session', async () => {
    const app = world({}, { callbacks: { jwt: ({ account, token }) => (account ? token : null) } })
    const person = await app.signedIn()
    expect(await person.session(auth)).toBeNull()
  })
})

describe('a sign-in with a password', () => {
  function passwords(): World {
    const app = world()
    const { clientId, clientSecret } = app.emulator.travis.credentials.customerClient
    return app.another({
      signIns: [
        passwordSignIn({ id: 'password', authorization: travis.customers({ clientId, clientSecret }) }),
      ],
    })
  }

  async function typeIn(app: World, person: Visitor, password: string): Promise<string> {
    const { username } = app.emulator.travis.credentials.customers[0]
    const csrfToken = await person.csrfToken(auth)
    const form = { csrfToken, username, password }
    return (await person.send(`${auth}/callback/password`, { form })).headers.get('location') ?? ''
  }

  test('keeps its tokens fresh like any other', async () => {
    const app = passwords()
    const person = app.visitor()
    await typeIn(app, person, app.emulator.travis.credentials.customers[0].password)
    expect(await person.session(auth)).toMatchObject({ user: { name: 'anna.devries@customer.example' } })
    await app.clock.advance(301_000)
    expect(await app.tokens.getAccessToken(requestOf(person))).toBeTruthy()
    expect(refreshes(app)).toBe(1)
  })

  test('tells a wrong password from too many tries', async () => {
    const app = passwords()
    const person = app.visitor()
    const answers = []
    for (let count = 0; count < 6; count++) answers.push(await typeIn(app, person, 'wrong'))
    expect(new URL(answers[0] ?? '').searchParams.get('code')).toBe('credentials')
    expect(new URL(answers[5] ?? '').searchParams.get('code')).toBe('too_many_attempts')
    expect(await person.session(auth)).toBeNull()
  })

  test('tells that the server is down', async () => {
    const app = passwords()
    app.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: 10 })
    const location = await typeIn(app, app.visitor(), 'any')
    expect(new URL(location).searchParams.get('code')).toBe('try_again')
  })
})

describe('createAuthTokens', () => {
  test('names every fault', () => {
    const signIns = [travisAt(world().emulator), travisAt(world().emulator)]
    expect(() => createAuthTokens({ signIns, tokensIn: 'x' as 'store', maxAgeMs: 1 })).toThrow(
      /"travis" twice.*tokensIn.*maxAgeMs/s,
    )
  })

  test('says that memory forgets', () => {
    const notices: string[] = []
    createAuthTokens({
      signIns: [travisAt(world().emulator)],
      onNotice: notice => void notices.push(notice),
    })
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('Pass a store to createAuthTokens')
  })

  test('refuses sessions in a database, which call no jwt callback', () => {
    expect(() => world({}, { adapter: {} })).toThrow(/strategy: "jwt"/)
  })

  test('refuses sessions that live longer than the tokens are kept', () => {
    expect(() => world({}, { session: { maxAge: 60 * 86_400 } })).toThrow(/raise maxAgeMs/)
    expect(() => world({ maxAgeMs: 86_400_000 })).toThrow(/raise maxAgeMs/)
    expect(() => world({ maxAgeMs: 86_400_000 }, { session: { maxAge: 86_400 } })).not.toThrow()
  })

  test('takes any Keycloak', () => {
    const options = { baseUrl: 'https://sso.example', realm: 'people', clientId: 'fake-client' }
    const { provider } = keycloakSignIn(options)
    expect(provider).toMatchObject({
      id: 'keycloak',
      issuer: 'https://sso.example/realms/people',
      checks: ['pkce', 'state', 'nonce'],
      client: { token_endpoint_auth_method: 'none' },
    })
    expect(() => createAuthTokens({ signIns: [keycloakSignIn(options)], store: memoryStore() })).not.toThrow()
  })
})
