import { inspect } from 'node:util'
import { decode, encode } from '@auth/core/jwt'
import { travis } from '@evergrant/providers'
import { describe, expect, test } from 'vitest'
import type { AuthSettings } from './auth-config.ts'
import { readSessionCookie } from './session-cookie.ts'
import { passwordSignIn } from './sign-in.ts'
import { formOf, locationOf } from './visitor.test-support.ts'
import type { Visitor } from './visitor.test-support.ts'
import { auth, origin, travisAt, world } from './world.test-support.ts'
import type { World } from './world.test-support.ts'

const salt = '__Secure-authjs.session-token'
const secret = 'fake-secret-fake-secret-fake-secret'

const requestOf = (cookie: string): Request => new Request(`${origin}/page`, { headers: { cookie } })

const cookieOf = (person: Visitor): string => person.cookieHeader(origin)

async function claimsOf(person: Visitor): Promise<Record<string, unknown>> {
  const pairs = cookieOf(person)
    .split('; ')
    .filter(pair => pair.startsWith(salt))
  const token = pairs.map(pair => pair.slice(pair.indexOf('=') + 1)).join('')
  return { ...(await decode({ token, secret, salt })) }
}

async function signInAgain(app: World, person: Visitor, index: 0 | 1): Promise<void> {
  const page = await person.send(await person.begin(auth, 'travis'))
  const { action, fields } = formOf(await page.text())
  const { username, password } = app.emulator.travis.credentials.customers[index]
  const answer = await person.send(action, { form: { ...fields, username, password } })
  await person.send(locationOf(answer))
}

/** Every token that the store holds, as texts. */
async function secretsIn({ store }: World): Promise<string[]> {
  const secrets: string[] = []
  for await (const key of store.keys?.() ?? []) {
    const { payload = '' } = (await store.read(key)) ?? {}
    for (const [, token = ''] of payload.matchAll(/"token":"([^"]+)"/g)) secrets.push(token)
  }
  return secrets
}

describe.each(['store', 'cookie'] as const)('one person, with the tokens in the %s', tokensIn => {
  test('who signs in over another gets their own tokens; the earlier cookie tells the earlier person', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn(0)
    const [earlier, first] = [cookieOf(person), await app.tokens.getAccessToken(requestOf(cookieOf(person)))]
    await signInAgain(app, person, 1)
    const second = await app.tokens.getAccessToken(requestOf(cookieOf(person)))
    expect(second).not.toBe(first)
    expect(await person.session(auth)).not.toMatchObject({ user: { email: 'anna.devries@customer.example' } })
    person.restore(origin, earlier)
    expect(await person.session(auth)).toMatchObject({ user: { email: 'anna.devries@customer.example' } })
    expect(await app.tokens.getAccessToken(requestOf(cookieOf(person)))).toBe(first)
  })

  test('a sign-out in one tab counts for the answer that another tab gets late', async () => {
    const app = world({ tokensIn })
    const person = await app.signedIn()
    const request = new Request(`${auth}/session`, { headers: { cookie: cookieOf(person) } })
    const late = await app.handle(request)
    await person.signOut(auth)
    person.keep(origin, late)
    await expect(app.tokens.getAccessToken(requestOf(cookieOf(person)))).rejects.toMatchObject({
      name: 'ReauthorizationRequiredError',
    })
    expect(await person.session(auth)).toBeNull()
  })

  test('the ticket of one sign-in opens nothing at another', async () => {
    const app = world({ tokensIn })
    const claims = await claimsOf(await app.signedIn())
    const { clientId, clientSecret } = app.emulator.travis.credentials.customerClient
    const authorization = travis.customers({ clientId: `${clientId}-other`, clientSecret })
    const both = app.another({
      signIns: [travisAt(app.emulator), passwordSignIn({ id: 'other', authorization })],
    })
    const evergrant = { ...(claims['evergrant'] as object), signIn: 'other' }
    const token = await encode({ token: { ...claims, evergrant }, secret, salt })
    await expect(both.tokens.getAccessToken(requestOf(`${salt}=${token}`))).rejects.toThrow()
  })

  test('two instances with one store and one expired cookie refresh once', async () => {
    const app = world({ tokensIn })
    const cookie = cookieOf(await app.signedIn())
    const other = app.another()
    await app.clock.advance(301_000)
    let answered = 0
    const pending = Array.from({ length: 50 }, async (_, index) => {
      const { handle } = index % 2 === 0 ? app : other
      const session: unknown = await (await handle(requestTo('/session', cookie))).json()
      answered++
      return session
    })
    // Instances wait for each other by the clock.
    for (let turn = 0; turn < 200 && answered < pending.length; turn++) await app.clock.advance(100)
    const answers = await Promise.all(pending)
    expect(answers.every(answer => answer !== null && !('error' in (answer as object)))).toBe(true)
    expect(app.emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })).toBe(1)
  })

  test('a session that the application’s jwt callback ends takes its tokens along', async () => {
    let isBanned = false
    const app = world({ tokensIn }, { callbacks: { jwt: ({ token }) => (isBanned ? null : token) } })
    const person = await app.signedIn()
    const copy = cookieOf(person)
    isBanned = true
    expect(await person.session(auth)).toBeNull()
    await expect(app.tokens.getAccessToken(requestOf(copy))).rejects.toMatchObject({
      name: 'ReauthorizationRequiredError',
    })
    expect(app.emulator.journal.count({ kind: 'logout' })).toBe(1)
  })

  test('a dead refresh token is told although the jwt callback makes claims of its own', async () => {
    const app = world({ tokensIn }, { callbacks: { jwt: ({ token }) => ({ email: token.email ?? null }) } })
    const person = await app.signedIn()
    await app.clock.advance(301_000)
    app.emulator.travis.killSessions()
    expect(await person.session(auth)).toMatchObject({ error: 'RefreshTokenError' })
  })

  test('no token is in the session, the errors, or what the application’s events log', async () => {
    const logged: unknown[] = []
    const app = world({ tokensIn }, { events: { session: message => void logged.push(message) } })
    const person = await app.signedIn()
    logged.push(await person.session(auth))
    app.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: 1000 })
    await app.clock.advance(301_000)
    logged.push(await person.session(auth))
    app.emulator.travis.faults.clear()
    const secrets = await secretsIn(app)
    await app.clock.advance(600_000)
    app.emulator.travis.killSessions()
    logged.push(await person.session(auth), app.tokens.for(requestOf(cookieOf(person))), app.tokens)
    const { id } = (await claimsOf(person))['evergrant'] as { id: string }
    const text = inspect([logged, app.errors], { depth: 12 })
    expect(app.errors.length).toBeGreaterThan(0)
    expect(secrets.length).toBeGreaterThan(0)
    for (const token of [...secrets, id, 'evergrant:']) expect(text).not.toContain(token)
    if (tokensIn === 'store') {
      const claims = JSON.stringify(await claimsOf(person))
      for (const token of secrets) expect(claims).not.toContain(token)
    }
  })

  test('a password’s ticket is not in the user that callbacks and events log', async () => {
    const seen: string[] = []
    const settings: AuthSettings = {
      callbacks: {
        signIn: message => seen.push(inspect(message, { depth: 12, showHidden: true })) > 0,
      },
    }
    const { emulator } = world()
    const { clientId, clientSecret } = emulator.travis.credentials.customerClient
    const authorization = travis.customers({ clientId, clientSecret })
    const app = world({ tokensIn, signIns: [passwordSignIn({ id: 'password', authorization })] }, settings)
    const person = app.visitor()
    const { username, password } = app.emulator.travis.credentials.customers[0]
    const form = { csrfToken: await person.csrfToken(auth), username, password }
    await person.send(`${auth}/callback/password`, { form })
    const { id } = (await claimsOf(person))['evergrant'] as { id: string }
    expect(seen[0]).toContain(username)
    expect(seen[0]).not.toContain(id)
    expect(seen[0]).not.toContain('ticket')
  })
})

test('an error of earlier goes away with tokens that work', async () => {
  const app = world()
  const claims = await claimsOf(await app.signedIn())
  const params = { token: { ...claims, error: 'RefreshTokenError' } }
  const token = await app.tokens.jwt()(params as unknown as Parameters<ReturnType<typeof app.tokens.jwt>>[0])
  expect(token).not.toHaveProperty('error')
  expect(token?.['evergrant']).toEqual(claims['evergrant'])
})

test('a page cannot plant a ticket into a session that has none', async () => {
  const app = world()
  const { evergrant } = await claimsOf(await app.signedIn())
  const callback = app.tokens.jwt(({ token, session }) => ({ ...token, ...(session as object) }))
  const params = { token: { sub: 'fake' }, trigger: 'update', session: { evergrant, nickname: 'Anna' } }
  const token = await callback(params as unknown as Parameters<typeof callback>[0])
  expect(token).toEqual({ sub: 'fake', nickname: 'Anna' })
})

test('the application’s sign-out event sees who it was, and no ticket', async () => {
  const seen: unknown[] = []
  const app = world({}, { events: { signOut: message => void seen.push(message) } })
  await (await app.signedIn()).signOut(auth)
  expect(seen).toMatchObject([{ token: { email: 'anna.devries@customer.example' } }])
  expect(inspect(seen, { depth: 12 })).not.toContain('evergrant')
})

function requestTo(path: string, cookie: string): Request {
  return new Request(`${auth}${path}`, { headers: { cookie } })
}

test('a JWT that outlives the memory of a sign-out is refused', () => {
  expect(() => world({}, { jwt: { maxAge: 60 * 86_400 } })).toThrow(/jwt\.maxAge.*raise maxAgeMs/)
  expect(() => world({}, { jwt: { maxAge: 86_400 } })).not.toThrow()
})

test.each([
  ['an object', { id: 'travis', name: 'Other', type: 'oidc' as const, issuer: 'https://other.example' }],
  [
    'a function',
    () => ({ id: 'travis', name: 'Other', type: 'oidc' as const, issuer: 'https://other.example' }),
  ],
  [
    'an id among its options',
    { id: 'keycloak', name: 'Other', type: 'oidc' as const, options: { id: 'travis' } },
  ],
])(
  'a second provider with the id of a sign-in, as %s, is refused: its tokens would go to the wrong server',
  (_, provider) => {
    expect(() => world({}, { providers: [provider as never] })).toThrow(/"travis" twice/)
  },
)

describe('the session cookie', () => {
  test.each([
    ['an empty secret', ''],
    ['no secrets', []],
    ['none', undefined],
  ])('is read with that of the environment where the settings hold %s', async (_, given) => {
    const token = await encode({ token: { sub: 'fake' }, secret, salt })
    const request = requestOf(`${salt}=${token}`)
    const claims = await readSessionCookie(request, { secret: given }, { AUTH_SECRET: secret })
    expect(claims).toMatchObject({ sub: 'fake' })
  })

  test('is a cookie: the same as a bearer token is no session', async () => {
    const token = await encode({ token: { sub: 'fake' }, secret, salt })
    const headers = new Headers({ cookie: `${salt}-other; theme=dark`, authorization: `Bearer ${token}` })
    expect(await readSessionCookie({ headers }, { secret, useSecureCookies: true }, {})).toBeNull()
  })

  test('is not read from a cookie whose name only begins or ends like its own', async () => {
    const token = await encode({ token: { sub: 'fake' }, secret, salt })
    const request = requestOf(`x${salt}=${token}; authjs.session-token=${token}`)
    expect(await readSessionCookie(request, { secret }, {})).toBeNull()
  })
})
