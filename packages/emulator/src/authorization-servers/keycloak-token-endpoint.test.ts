import { describe, expect, it } from 'vitest'
import {
  basic,
  expectError,
  frozenEmulator,
  inForm,
  post,
  readTokens,
  travisCustomer,
  travisService,
  truphoneClient,
  withBearer,
} from '../emulator.test-support.ts'

const invalidClient = 'Invalid client or Invalid client credentials'

function without(form: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== name))
}

async function startSession(): Promise<{
  emulator: ReturnType<typeof frozenEmulator>
  refreshToken: string
  accessToken: string
  refresh: (token: string, changes?: Record<string, string>) => Promise<Response>
}> {
  const emulator = frozenEmulator()
  const url = emulator.truphone.endpoints().tokenEndpoint
  const first = await readTokens(await post(emulator, url, truphoneClient(emulator)))
  const refresh = (token: string, changes: Record<string, string> = {}): Promise<Response> => {
    const form = {
      ...truphoneClient(emulator),
      grant_type: 'refresh_token',
      refresh_token: token,
      ...changes,
    }
    return post(emulator, url, form)
  }
  return { emulator, refresh, ...first }
}

describe('the token endpoint of TRAVIS', () => {
  it('answers client_credentials with the members and figures of the document, in its order', async () => {
    const emulator = frozenEmulator()
    const url = emulator.travis.endpoints().tokenEndpoint
    const { body } = await readTokens(await post(emulator, url, travisService(emulator)))
    expect(Object.keys(body)).toEqual([
      'access_token',
      'expires_in',
      'refresh_expires_in',
      'refresh_token',
      'token_type',
      'id_token',
      'not-before-policy',
      'session_state',
      'scope',
    ])
    expect(body).toMatchObject({
      expires_in: 300,
      refresh_expires_in: 7_776_000,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'openid profile email groups',
    })
  })

  it('takes the client by header as well', async () => {
    const emulator = frozenEmulator()
    const { clientId, clientSecret } = emulator.travis.credentials.serviceAccount
    const form = { grant_type: 'client_credentials' }
    const url = emulator.travis.endpoints().tokenEndpoint
    const { body } = await readTokens(await post(emulator, url, form, basic(clientId, clientSecret)))
    expect(body).not.toHaveProperty('id_token')
    expect(body['scope']).toBe('profile email groups')
  })

  it('signs a customer in, whatever the case of the user name', async () => {
    const emulator = frozenEmulator()
    const form = travisCustomer(emulator)
    const upper = { ...form, username: form['username']!.toUpperCase() }
    const response = await post(emulator, emulator.travis.endpoints().tokenEndpoint, upper)
    expect(response.status).toBe(200)
  })

  const emulator = frozenEmulator()
  const url = emulator.travis.endpoints().tokenEndpoint
  const service = travisService(emulator)
  const customer = travisCustomer(emulator)
  const { clientId, clientSecret } = emulator.travis.credentials.serviceAccount
  const header = basic(clientId, clientSecret)
  const wrongHeader = basic(clientId, 'wrong')

  it.each([
    [
      'no grant type',
      without(service, 'grant_type'),
      {},
      400,
      'invalid_request',
      'Missing form parameter: grant_type',
    ],
    [
      'an unknown grant type',
      { ...service, grant_type: 'x' },
      {},
      400,
      'unsupported_grant_type',
      'Unsupported grant_type',
    ],
    ['no client', { grant_type: 'password' }, {}, 401, 'invalid_client', invalidClient],
    ['an unknown client', { ...service, client_id: 'x' }, {}, 401, 'invalid_client', invalidClient],
    ['a wrong secret', { ...service, client_secret: 'x' }, {}, 401, 'unauthorized_client', invalidClient],
    [
      'a wrong secret in the header',
      { grant_type: 'client_credentials' },
      wrongHeader,
      401,
      'unauthorized_client',
      invalidClient,
    ],
    [
      'a malformed header',
      { grant_type: 'client_credentials' },
      { authorization: 'Basic %%' },
      401,
      'invalid_client',
      invalidClient,
    ],
    ['no secret', without(service, 'client_secret'), {}, 401, 'unauthorized_client', invalidClient],
    [
      'two authentication methods',
      service,
      header,
      400,
      'invalid_request',
      'Multiple client authentication methods in one request',
    ],
    [
      'an unknown scope',
      { ...service, scope: 'openid x' },
      {},
      400,
      'invalid_scope',
      'Invalid scopes: openid x',
    ],
    [
      'a wrong password',
      { ...customer, password: 'x' },
      {},
      401,
      'invalid_grant',
      'Invalid user credentials',
    ],
    ['no password', without(customer, 'password'), {}, 401, 'invalid_grant', 'Invalid user credentials'],
    ['an unknown user', { ...customer, username: 'x' }, {}, 401, 'invalid_grant', 'Invalid user credentials'],
    ['no user', without(customer, 'username'), {}, 401, 'invalid_request', 'Missing parameter: username'],
    [
      'a password at the service client',
      { ...customer, ...inForm({ clientId, clientSecret }) },
      {},
      400,
      'unauthorized_client',
      'Client not allowed for direct access grants',
    ],
    [
      'a service grant at the portal',
      { ...service, ...inForm(emulator.travis.credentials.customerClient) },
      {},
      401,
      'unauthorized_client',
      'Client not enabled to retrieve service account',
    ],
    [
      'no refresh token',
      { ...service, grant_type: 'refresh_token' },
      {},
      400,
      'invalid_request',
      'No refresh token',
    ],
    [
      'an invented refresh token',
      { ...service, grant_type: 'refresh_token', refresh_token: 'x.y.z' },
      {},
      400,
      'invalid_grant',
      'Invalid refresh token',
    ],
  ])('refuses %s', async (_, form, headers, status, error, description) => {
    await expectError(await post(emulator, url, form, headers), status, error, description)
  })

  it('refuses a repeated parameter', async () => {
    const body = new URLSearchParams({ ...service })
    body.append('scope', 'openid')
    const response = await emulator.fetch(url, { method: 'POST', body })
    await expectError(response, 400, 'invalid_request', 'duplicated parameter')
  })

  it('answers GET with 405 and what is allowed', async () => {
    const response = await emulator.fetch(url)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await response.json()).toEqual({ error: 'HTTP 405 Method Not Allowed' })
  })

  it('answers JSON with 415', async () => {
    const headers = { 'content-type': 'application/json' }
    const response = await emulator.fetch(url, { method: 'POST', body: '{}', headers })
    expect(response.status).toBe(415)
    expect(await response.json()).toEqual({ error: 'HTTP 415 Unsupported Media Type' })
  })

  it('answers 404 for another realm', async () => {
    const response = await emulator.fetch(
      'https://auth.yourtravis.com/realms/other/protocol/openid-connect/token',
    )
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'Realm does not exist' })
  })
})

describe('a refresh token of Keycloak', () => {
  it('stays usable, and each response carries a new one', async () => {
    const { refresh, refreshToken } = await startSession()
    const second = await readTokens(await refresh(refreshToken))
    const third = await readTokens(await refresh(refreshToken))
    expect(new Set([refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3)
    expect(second.body['session_state']).toBe(third.body['session_state'])
    expect(second.body).toMatchObject({ expires_in: 300, refresh_expires_in: 1_800 })
  })

  it('lives for 30 minutes, to the millisecond', async () => {
    const { emulator, refresh, refreshToken } = await startSession()
    emulator.advance(30 * 60_000 - 1)
    expect((await refresh(refreshToken)).status).toBe(200)
    emulator.advance(1)
    await expectError(await refresh(refreshToken), 400, 'invalid_grant', 'Token is not active')
  })

  it('keeps the session alive for as long as somebody refreshes', async () => {
    const { emulator, refresh, refreshToken } = await startSession()
    let current = refreshToken
    for (let index = 0; index < 5; index += 1) {
      emulator.advance(20 * 60_000)
      current = (await readTokens(await refresh(current))).refreshToken
    }
    expect(current).not.toBe(refreshToken)
  })

  it('is refused once its sessions are revoked', async () => {
    const { emulator, refresh, refreshToken, accessToken } = await startSession()
    emulator.truphone.revokeRefreshTokens()
    await expectError(await refresh(refreshToken), 400, 'invalid_grant', 'Session not active')
    const { apiUrl } = emulator.truphone.endpoints()
    expect((await withBearer(emulator, `${apiUrl}sims`, accessToken)).status).toBe(200)
  })

  it('is refused once the realm shortens its idle limit', async () => {
    const { emulator, refresh, refreshToken } = await startSession()
    emulator.truphone.setLifetimes({ refreshTokenMs: 1_000 })
    emulator.advance(1_000)
    await expectError(await refresh(refreshToken), 400, 'invalid_grant', 'Session not active')
  })

  it('belongs to one client', async () => {
    const { emulator, refresh, refreshToken } = await startSession()
    await expectError(
      await refresh(refreshToken, inForm(emulator.truphone.credentials.limited)),
      400,
      'invalid_grant',
      "Invalid refresh token. Token client and authorized client don't match",
    )
  })

  it('narrows the scope, and never widens it', async () => {
    const { refresh, refreshToken } = await startSession()
    expect((await readTokens(await refresh(refreshToken, { scope: 'email' }))).body['scope']).toBe('email')
    await expectError(
      await refresh(refreshToken, { scope: 'openid email' }),
      400,
      'invalid_scope',
      'Invalid scopes: openid email',
    )
  })

  it('is no access token, and the other way round', async () => {
    const { emulator, refresh, refreshToken, accessToken } = await startSession()
    await expectError(await refresh(accessToken), 400, 'invalid_grant', 'Invalid refresh token')
    const { apiUrl } = emulator.truphone.endpoints()
    expect((await withBearer(emulator, `${apiUrl}sims`, refreshToken)).status).toBe(401)
  })

  it('of another emulator is refused', async () => {
    const { refreshToken } = await startSession()
    const { refresh } = await startSession()
    await expectError(await refresh(refreshToken), 400, 'invalid_grant', 'Session not active')
  })
})
