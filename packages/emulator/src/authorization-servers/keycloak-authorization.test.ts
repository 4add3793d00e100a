import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  basic,
  expectError,
  frozenEmulator,
  inForm,
  post,
  readKeys,
  readObject,
  readTokens,
  withBearer,
} from '../emulator.test-support.ts'
import { KeycloakAuthorizationCodes } from './keycloak-authorization-codes.ts'
import { judgeAuthorizationRequest } from './keycloak-authorization-request.ts'
import { authorizationCodeGrant } from './keycloak-code-grant.ts'
import type { KeycloakClient } from './keycloak-realm.ts'
import type { KeycloakContext } from './keycloak-token-endpoint.ts'

const callback = 'https://app.example/api/auth/callback/travis'
const verifier = 'fake-verifier-fake-verifier-fake-verifier-0001'
const challenge = await crypto.subtle
  .digest('SHA-256', new TextEncoder().encode(verifier))
  .then(digest => Buffer.from(digest).toString('base64url'))

type Changes = Readonly<Record<string, string | undefined>>

function world(): Emulator {
  const emulator = frozenEmulator()
  emulator.travis.setRedirectUris([callback])
  return emulator
}

function authorizationUrl(emulator: Emulator, changes: Changes = {}): string {
  const { authorizationEndpoint } = emulator.travis.endpoints()
  const url = new URL(authorizationEndpoint)
  const all: Changes = {
    response_type: 'code',
    client_id: emulator.travis.credentials.customerClient.clientId,
    redirect_uri: callback,
    scope: 'openid',
    state: 'fake state&1',
    nonce: 'fake-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
  return url.href
}

interface OpenPage {
  readonly html: string
  readonly cookie: string
  readonly submit: (fields?: Changes, cookie?: string) => Promise<Response>
}

async function openPage(emulator: Emulator, changes: Changes = {}): Promise<OpenPage> {
  const response = await emulator.fetch(authorizationUrl(emulator, changes), { redirect: 'manual' })
  expect(response.status).toBe(200)
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return pageOf(emulator, await response.text(), cookie)
}

function pageOf(emulator: Emulator, html: string, cookie: string): OpenPage {
  const action = /action="([^"]+)"/.exec(html)?.[1] ?? ''
  const code = /name="session_code" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const { username, password } = emulator.travis.credentials.customers[0]
  const submit = (fields: Changes = {}, ownCookie = cookie): Promise<Response> => {
    const form = new URLSearchParams({ session_code: code })
    for (const [name, value] of Object.entries({ username, password, ...fields })) {
      if (value !== undefined) form.set(name, value)
    }
    const headers: Record<string, string> = ownCookie === '' ? {} : { cookie: ownCookie }
    return emulator.fetch(action, { method: 'POST', body: form, headers, redirect: 'manual' })
  }
  return { html, cookie, submit }
}

function answerOf(response: Response): URLSearchParams {
  expect(response.status).toBe(302)
  const location = new URL(response.headers.get('location') ?? '')
  expect(location.origin + location.pathname).toBe(callback)
  return location.searchParams
}

async function signIn(emulator: Emulator, changes: Changes = {}): Promise<string> {
  const page = await openPage(emulator, changes)
  return answerOf(await page.submit()).get('code') ?? ''
}

function redeem(emulator: Emulator, code: string, changes: Changes = {}): Promise<Response> {
  const form: Record<string, string> = {}
  const all: Changes = {
    grant_type: 'authorization_code',
    ...inForm(emulator.travis.credentials.customerClient),
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...changes,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) form[name] = value
  return post(emulator, emulator.travis.endpoints().tokenEndpoint, form)
}

describe('a sign-in with a browser', () => {
  test('ends with a code, the state as it was sent, and the issuer', async () => {
    const emulator = world()
    const answer = answerOf(await (await openPage(emulator)).submit())
    expect(answer.get('state')).toBe('fake state&1')
    expect(answer.get('iss')).toBe(emulator.travis.endpoints().issuer)
    expect([...answer.keys()].toSorted()).toEqual(['code', 'iss', 'session_state', 'state'])
  })

  test('gives an ID token with the nonce, which a refresh leaves out', async () => {
    const emulator = world()
    const { issuer, jwksEndpoint, tokenEndpoint } = emulator.travis.endpoints()
    const tokens = await readTokens(await redeem(emulator, await signIn(emulator)))
    const keys = createLocalJWKSet(await readKeys(await emulator.fetch(jwksEndpoint)))
    const currentDate = new Date(emulator.now())
    const { payload } = await jwtVerify(tokens.idToken, keys, {
      issuer,
      audience: 'fake-travis-portal',
      currentDate,
    })
    expect(payload).toMatchObject({ nonce: 'fake-nonce', email: 'anna.devries@customer.example' })
    expect(decodeJwt(tokens.accessToken)).not.toHaveProperty('nonce')
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken }
    const client = emulator.travis.credentials.customerClient
    const next = await readTokens(await post(emulator, tokenEndpoint, { ...form, ...inForm(client) }))
    expect(decodeJwt(next.idToken)).not.toHaveProperty('nonce')
  })

  test('takes the client by header, as Auth.js sends it', async () => {
    const emulator = world()
    const { clientId, clientSecret } = emulator.travis.credentials.customerClient
    const form = {
      grant_type: 'authorization_code',
      code: await signIn(emulator),
      redirect_uri: callback,
      code_verifier: verifier,
    }
    const url = emulator.travis.endpoints().tokenEndpoint
    await readTokens(await post(emulator, url, form, basic(clientId, clientSecret)))
  })

  test('is in the journal without code, state, password or challenge', async () => {
    const emulator = world()
    const code = await signIn(emulator)
    await redeem(emulator, code)
    const entries = emulator.journal.entries()
    expect(entries.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'authorization 200',
      'log-in 302',
      'token 200',
    ])
    expect(entries[1]).toMatchObject({ clientId: 'fake-travis-portal' })
    const text = JSON.stringify(entries)
    for (const secret of [code, 'fake state', challenge, verifier, 'fake-anna.devries-password']) {
      expect(text).not.toContain(secret)
    }
  })

  test('is described by the discovery document', async () => {
    const emulator = world()
    const { discoveryEndpoint, authorizationEndpoint } = emulator.travis.endpoints()
    expect(await readObject(await emulator.fetch(discoveryEndpoint))).toMatchObject({
      authorization_endpoint: authorizationEndpoint,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['plain', 'S256'],
      authorization_response_iss_parameter_supported: true,
    })
  })
})

describe('an authorization request that the client may not be told about', () => {
  test.each<[string, Changes]>([
    ['without a client', { client_id: '' }],
    ['of an unknown client', { client_id: 'x' }],
    ['without a redirect URI', { redirect_uri: '' }],
    ['with another path', { redirect_uri: `${callback}/` }],
    ['with a query', { redirect_uri: `${callback}?next=1` }],
    ['with another case', { redirect_uri: callback.replace('app', 'APP') }],
    ['with a fragment', { redirect_uri: `${callback}#` }],
    ['with a name before the host', { redirect_uri: callback.replace('app', 'app@app') }],
    [
      'with a host before an @',
      { redirect_uri: callback.replace('app.example', 'app.example@attacker.example') },
    ],
    [
      'with a backslash',
      { redirect_uri: callback.replace('app.example', String.raw`attacker.example\@app.example`) },
    ],
    ['with a port', { redirect_uri: callback.replace('app.example', 'app.example:443') }],
    ['with a dot after the host', { redirect_uri: callback.replace('app.example', 'app.example.') }],
    ['in another scheme', { redirect_uri: callback.replace('https', 'http') }],
    ['with an encoded path', { redirect_uri: callback.replace('/travis', '%2ftravis') }],
    ['with a way back', { redirect_uri: callback.replace('/travis', '/../callback/travis') }],
    ['with a space after it', { redirect_uri: `${callback} ` }],
    ['to another origin', { redirect_uri: 'https://attacker.example/api/auth/callback/travis' }],
  ])('%s shows a page and redirects nowhere', async (_, changes) => {
    const emulator = world()
    const response = await emulator.fetch(authorizationUrl(emulator, changes), { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })

  test('with its redirect URI twice shows a page', async () => {
    const emulator = world()
    const url = `${authorizationUrl(emulator)}&redirect_uri=${encodeURIComponent(callback)}`
    expect((await emulator.fetch(url, { redirect: 'manual' })).status).toBe(400)
  })

  test('shows one where no redirect URI was registered', async () => {
    const emulator = frozenEmulator()
    expect((await emulator.fetch(authorizationUrl(emulator))).status).toBe(400)
  })
})

test.each(['nowhere', 'https://app.example/*', 'https://app.example/#x'])(
  '%s cannot be registered as a redirect URI',
  uri => {
    expect(() => frozenEmulator().travis.setRedirectUris([uri])).toThrow(TypeError)
  },
)

describe('an authorization request that is refused', () => {
  test.each<[string, Changes, string]>([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown scope', { scope: 'openid x' }, 'invalid_scope'],
    ['another response mode', { response_mode: 'form_post' }, 'invalid_request'],
    ['a request object', { request: 'x.y.z' }, 'request_not_supported'],
    ['a request by reference', { request_uri: 'https://x.example' }, 'request_uri_not_supported'],
    ['no page wanted', { prompt: 'none' }, 'login_required'],
    ['an unknown challenge method', { code_challenge_method: 'S1' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['a method without a challenge', { code_challenge: undefined }, 'invalid_request'],
  ])('for %s tells the client, with its state', async (_, changes, error) => {
    const emulator = world()
    const answer = answerOf(await emulator.fetch(authorizationUrl(emulator, changes), { redirect: 'manual' }))
    expect(answer.get('error')).toBe(error)
    expect(answer.get('state')).toBe('fake state&1')
    expect(answer.has('code')).toBe(false)
    expect(emulator.journal.entries()[0]).toMatchObject({ kind: 'authorization', error })
  })

  test('for a parameter that came twice tells the client', async () => {
    const emulator = world()
    const response = await emulator.fetch(`${authorizationUrl(emulator)}&nonce=2`, { redirect: 'manual' })
    expect(answerOf(response).get('error')).toBe('invalid_request')
  })

  test('tells no client without redirect URIs, such as one for service accounts', async () => {
    const emulator = world()
    const { clientId } = emulator.travis.credentials.serviceAccount
    const response = await emulator.fetch(authorizationUrl(emulator, { client_id: clientId }))
    expect(response.status).toBe(400)
  })

  test('for a client that nobody signs in to tells it so', () => {
    const client = { clientId: 'fake-service', clientSecret: 'fake-secret', allowsPasswordGrant: false }
    const realm = { clients: [client], defaultScope: [], optionalScope: [] }
    const rules = { redirectUris: () => [callback], requiresPkce: false }
    const parameters = new URLSearchParams({
      client_id: 'fake-service',
      redirect_uri: callback,
      response_type: 'code',
    })
    const judged = judgeAuthorizationRequest(realm, rules, parameters)
    expect(judged).toMatchObject({ kind: 'refused', error: 'unauthorized_client' })
  })

  test('tells the client when the person cancels', async () => {
    const page = await openPage(world())
    expect(answerOf(await page.submit({ cancel: 'true' })).get('error')).toBe('access_denied')
  })
})

describe('PKCE', () => {
  const none = { code_challenge: undefined, code_challenge_method: undefined }

  test('is optional, as at Keycloak', async () => {
    const emulator = world()
    const code = await signIn(emulator, none)
    await readTokens(await redeem(emulator, code, { code_verifier: undefined }))
  })

  test.each<[string, Changes]>([
    ['no challenge', none],
    ['the plain method', { code_challenge: verifier, code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: undefined }],
  ])('where it is required, %s is refused', async (_, changes) => {
    const emulator = world()
    emulator.travis.configure({ pkce: 'required' })
    const response = await emulator.fetch(authorizationUrl(emulator, changes), { redirect: 'manual' })
    expect(answerOf(response).get('error')).toBe('invalid_request')
    await readTokens(await redeem(emulator, await signIn(emulator)))
  })

  test.each<[string, Changes, Changes, string]>([
    ['no verifier', {}, { code_verifier: undefined }, 'PKCE code verifier not specified'],
    ['a short one', {}, { code_verifier: 'short' }, 'PKCE invalid code verifier'],
    ['a wrong one', {}, { code_verifier: `${verifier}x` }, 'PKCE verification failed: Code mismatch'],
    [
      'one without a challenge',
      none,
      {},
      'PKCE code verifier specified but challenge not present in authorization',
    ],
  ])('refuses %s', async (_, asked, changes, description) => {
    const emulator = world()
    const code = await signIn(emulator, asked)
    await expectError(await redeem(emulator, code, changes), 400, 'invalid_grant', description)
  })
})

describe('an authorization code', () => {
  test('that comes back ends the session and what came of it', async () => {
    const emulator = world()
    const code = await signIn(emulator)
    const { accessToken, refreshToken } = await readTokens(await redeem(emulator, code))
    const vehicles = `${emulator.travis.endpoints().apiUrl}vehicles`
    expect((await withBearer(emulator, vehicles, accessToken)).status).toBe(200)
    await expectError(await redeem(emulator, code), 400, 'invalid_grant', 'Code not valid')
    expect((await withBearer(emulator, vehicles, accessToken)).status).toBe(401)
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const client = inForm(emulator.travis.credentials.customerClient)
    const { tokenEndpoint } = emulator.travis.endpoints()
    const refused = await post(emulator, tokenEndpoint, { ...refresh, ...client })
    await expectError(refused, 400, 'invalid_grant', 'Session not active')
  })

  test('lives for a minute', async () => {
    const emulator = world()
    const [inTime, late] = [await signIn(emulator), await signIn(emulator)]
    emulator.advance(59_999)
    await readTokens(await redeem(emulator, inTime))
    emulator.advance(1)
    await expectError(await redeem(emulator, late), 400, 'invalid_grant', 'Code is expired')
  })

  test.each<[string, Changes, string, string]>([
    ['no code', { code: undefined }, 'invalid_request', 'Missing parameter: code'],
    ['an invented code', { code: 'x' }, 'invalid_grant', 'Code not valid'],
    ['no redirect URI', { redirect_uri: undefined }, 'invalid_grant', 'Incorrect redirect_uri'],
    ['another redirect URI', { redirect_uri: `${callback}/` }, 'invalid_grant', 'Incorrect redirect_uri'],
  ])('is refused: %s', async (_, changes, error, description) => {
    const emulator = world()
    await expectError(await redeem(emulator, await signIn(emulator), changes), 400, error, description)
  })

  test('of one client is refused to another, and used up by it', async () => {
    const codes = new KeycloakAuthorizationCodes()
    const ended: string[] = []
    const context = {
      codes,
      realm: { clock: { now: () => 0 }, accessTokens: { revokeSession: () => undefined } },
      tokens: { sessions: { end: (id: string) => void ended.push(id) } },
    } as unknown as KeycloakContext
    const [first, second] = ['one', 'two'].map(clientId => ({
      clientId,
      clientSecret: 'fake-secret',
      allowsPasswordGrant: false,
      allowsStandardFlow: true,
    })) as [KeycloakClient, KeycloakClient]
    const sessionId = 'fake-session'
    const code = codes.issue(
      { clientId: 'one', sessionId, redirectUri: callback, nonce: undefined, challenge: undefined },
      0,
    )
    const form = new URLSearchParams({ code, redirect_uri: callback })
    const exchange = (client: KeycloakClient): Promise<unknown> =>
      authorizationCodeGrant(context, client, form, 'https://issuer.example')
    await expect(exchange(second)).rejects.toMatchObject({
      error: 'invalid_grant',
      description: 'Auth error',
    })
    expect(ended).toEqual([])
    await expect(exchange(first)).rejects.toMatchObject({ description: 'Code not valid' })
    expect(ended).toEqual([sessionId])
  })

  test('is refused with the verifier of another sign-in', async () => {
    const emulator = world()
    const other = 'another-verifier-another-verifier-another-0002'
    const code = await signIn(emulator)
    const refused = await redeem(emulator, code, { code_verifier: other })
    await expectError(refused, 400, 'invalid_grant', 'PKCE verification failed: Code mismatch')
    // And it was used up: nobody may try verifiers.
    await expectError(await redeem(emulator, code), 400, 'invalid_grant', 'Code not valid')
  })

  test('is refused to a client that nobody signs in to', async () => {
    const emulator = world()
    const code = await signIn(emulator)
    const other = inForm(emulator.travis.credentials.serviceAccount)
    const refused = await redeem(emulator, code, other)
    await expectError(refused, 400, 'unauthorized_client', 'Client not allowed to exchange code')
  })

  test('dies with every session that an administrator ends', async () => {
    const emulator = world()
    const code = await signIn(emulator)
    emulator.travis.killSessions()
    await expectError(await redeem(emulator, code), 400, 'invalid_grant', 'Session not active')
  })
})

describe('the log-in page', () => {
  test('holds no script, and nothing of the request that was not escaped', async () => {
    const emulator = world()
    const { html } = await openPage(emulator, { login_hint: '"><script>alert(1)</script>' })
    expect(html).not.toContain('<script')
    expect(html).toContain('&#60;script&#62;')
  })

  test('is not cached, not framed, and may run nothing', async () => {
    const emulator = world()
    const { headers } = await emulator.fetch(authorizationUrl(emulator))
    expect(headers.get('cache-control')).toContain('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('set-cookie')).toMatch(
      /^AUTH_SESSION_ID=[\w-]{36}; Path=\/realms\/travis-road-services\/; HttpOnly; SameSite=Lax; Secure$/,
    )
  })

  test('takes no name for the browser that nobody was given here', async () => {
    const emulator = world()
    const planted = 'AUTH_SESSION_ID=11111111-1111-4111-8111-111111111111'
    const response = await emulator.fetch(authorizationUrl(emulator), { headers: { cookie: planted } })
    expect(response.headers.get('set-cookie')).toMatch(/^AUTH_SESSION_ID=/)
    expect(response.headers.get('set-cookie')).not.toContain(planted)
  })

  test.each([`"><img src=x onerror=alert(1)>`, `'onfocus='alert(1)`, '</title><script>'])(
    'escapes a wrong user name: %s',
    async username => {
      const html = await (await (await openPage(world())).submit({ username, password: 'wrong' })).text()
      expect(html).not.toContain(username)
      expect(html).toContain('value="&#')
    },
  )

  test('comes again after a wrong password, and then works', async () => {
    const emulator = world()
    const page = await openPage(emulator)
    const again = await page.submit({ password: 'wrong' })
    expect(again.status).toBe(200)
    const html = await again.text()
    expect(html).toContain('role="alert"')
    expect(html).toContain('anna.devries@customer.example')
    expect(html).not.toContain('wrong')
    expect(answerOf(await pageOf(emulator, html, page.cookie).submit()).has('code')).toBe(true)
  })

  test('opened by POST works as well', async () => {
    const emulator = world()
    const url = new URL(authorizationUrl(emulator))
    const response = await post(
      emulator,
      url.origin + url.pathname,
      Object.fromEntries(url.searchParams.entries()),
    )
    expect(await response.text()).toContain('session_code')
  })

  test.each([
    ['without a cookie', ''],
    ['of another browser', 'AUTH_SESSION_ID=00000000-0000-4000-8000-000000000000'],
  ])('posted %s signs nobody in, and stays usable', async (_, cookie) => {
    const page = await openPage(world())
    const forged = await page.submit({}, cookie)
    expect(forged.status).toBe(400)
    expect(forged.headers.get('location')).toBeNull()
    expect(answerOf(await page.submit()).has('code')).toBe(true)
  })

  test('signs in once', async () => {
    const page = await openPage(world())
    await page.submit()
    expect((await page.submit()).status).toBe(400)
  })

  test('expires after half an hour', async () => {
    const emulator = world()
    const page = await openPage(emulator)
    emulator.advance(30 * 60_000)
    expect((await page.submit()).status).toBe(400)
  })

  test('opened twice in one browser keeps both', async () => {
    const emulator = world()
    const first = await openPage(emulator)
    const headers = { cookie: first.cookie }
    const second = await emulator.fetch(authorizationUrl(emulator, { state: 'two' }), { headers })
    expect(second.headers.get('set-cookie')).toContain(first.cookie)
    const page = pageOf(emulator, await second.text(), first.cookie)
    expect(answerOf(await page.submit()).get('state')).toBe('two')
    expect(answerOf(await first.submit()).get('state')).toBe('fake state&1')
  })
})
