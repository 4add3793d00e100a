import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  expectError,
  frozenEmulator,
  inForm,
  post,
  readKeys,
  readObject,
  readTokens,
  travisCustomer,
  travisService,
  withBearer,
} from '../emulator.test-support.ts'

async function signIn(emulator: Emulator): Promise<Awaited<ReturnType<typeof readTokens>>> {
  return readTokens(await post(emulator, emulator.travis.endpoints().tokenEndpoint, travisCustomer(emulator)))
}

describe('JWTs of Keycloak', () => {
  it.each([
    [undefined, 'https://auth.yourtravis.com/realms/travis-road-services'],
    ['http://emulator.test', 'http://emulator.test/travis/auth/realms/travis-road-services'],
  ])('verify against the served keys, with the issuer that was reached (%s)', async (origin, issuer) => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, jwksEndpoint } = emulator.travis.endpoints(origin)
    const tokens = await readTokens(await post(emulator, tokenEndpoint, travisCustomer(emulator)))
    const served = await readKeys(await emulator.fetch(jwksEndpoint))
    const keys = createLocalJWKSet(served)
    const currentDate = new Date(emulator.now())
    const access = await jwtVerify(tokens.accessToken, keys, { issuer, audience: 'account', currentDate })
    const id = await jwtVerify(tokens.idToken, keys, { issuer, audience: 'fake-travis-portal', currentDate })
    expect(access.payload).toMatchObject({
      typ: 'Bearer',
      azp: 'fake-travis-portal',
      preferred_username: 'anna.devries@customer.example',
      groups: ['/customers/haulier-noord'],
      sid: tokens.body['session_state'],
    })
    expect(access.payload.exp! - access.payload.iat!).toBe(300)
    expect(id.payload).toMatchObject({ typ: 'ID', sub: access.payload.sub, name: 'Anna de Vries' })
    expect(served.keys.map(key => key.d)).toEqual([undefined])
  })

  it('are RS256 for access and HS512 for refresh', async () => {
    const { accessToken, refreshToken } = await signIn(frozenEmulator())
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(decodeProtectedHeader(refreshToken)).toMatchObject({ alg: 'HS512', typ: 'JWT' })
  })
})

describe('discovery', () => {
  it('names the endpoints below the issuer that was reached', async () => {
    const emulator = frozenEmulator()
    const endpoints = emulator.truphone.endpoints('http://emulator.test/')
    const document = await readObject(await emulator.fetch(endpoints.discoveryEndpoint))
    expect(document).toMatchObject({
      issuer: endpoints.issuer,
      token_endpoint: endpoints.tokenEndpoint,
      jwks_uri: endpoints.jwksEndpoint,
      userinfo_endpoint: endpoints.userinfoEndpoint,
      introspection_endpoint: endpoints.introspectionEndpoint,
      revocation_endpoint: endpoints.revocationEndpoint,
      end_session_endpoint: endpoints.logoutEndpoint,
    })
  })
})

describe('userinfo', () => {
  it('describes the user, by GET and by POST', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await signIn(emulator)
    const { userinfoEndpoint } = emulator.travis.endpoints()
    const byGet = await readObject(await withBearer(emulator, userinfoEndpoint, accessToken))
    expect(byGet).toMatchObject({ email: 'anna.devries@customer.example', email_verified: true })
    const byPost = await post(emulator, userinfoEndpoint, { access_token: accessToken })
    expect(await readObject(byPost)).toEqual(byGet)
  })

  it('challenges without an error code when no token comes', async () => {
    const emulator = frozenEmulator()
    const response = await emulator.fetch(emulator.travis.endpoints().userinfoEndpoint)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="travis-road-services"')
  })

  it('refuses tokens that are expired, or whose session has ended', async () => {
    const emulator = frozenEmulator()
    const { userinfoEndpoint } = emulator.travis.endpoints()
    const first = await signIn(emulator)
    emulator.advance(300_000)
    const expired = await withBearer(emulator, userinfoEndpoint, first.accessToken)
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"')
    await expectError(expired, 401, 'invalid_token', 'Token verification failed')
    const second = await signIn(emulator)
    emulator.travis.revokeRefreshTokens()
    const ended = await withBearer(emulator, userinfoEndpoint, second.accessToken)
    const description = "User session not found or doesn't have client attached on it"
    await expectError(ended, 401, 'invalid_token', description)
  })

  it('wants the scope openid', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, userinfoEndpoint } = emulator.travis.endpoints()
    const form = { ...travisService(emulator), scope: 'profile' }
    const { accessToken } = await readTokens(await post(emulator, tokenEndpoint, form))
    const response = await withBearer(emulator, userinfoEndpoint, accessToken)
    await expectError(response, 403, 'insufficient_scope', 'Missing openid scope')
  })
})

describe('introspection', () => {
  it('tells active tokens, access and refresh, from others', async () => {
    const emulator = frozenEmulator()
    const tokens = await signIn(emulator)
    const { introspectionEndpoint } = emulator.travis.endpoints()
    const client = inForm(emulator.travis.credentials.serviceAccount)
    const ask = async (token: string): Promise<Record<string, unknown>> =>
      readObject(await post(emulator, introspectionEndpoint, { ...client, token }))
    expect(await ask(tokens.accessToken)).toMatchObject({
      active: true,
      client_id: 'fake-travis-portal',
      username: 'anna.devries@customer.example',
      scope: 'openid profile email groups',
      token_type: 'Bearer',
    })
    expect(await ask(tokens.refreshToken)).toMatchObject({ active: true, token_type: 'Refresh' })
    expect(await ask('nonsense')).toEqual({ active: false })
    emulator.advance(300_000)
    expect(await ask(tokens.accessToken)).toEqual({ active: false })
    emulator.travis.revokeRefreshTokens()
    expect(await ask(tokens.refreshToken)).toEqual({ active: false })
  })

  it('wants a client and a token', async () => {
    const emulator = frozenEmulator()
    const { introspectionEndpoint } = emulator.travis.endpoints()
    const description = 'Invalid client or Invalid client credentials'
    await expectError(await post(emulator, introspectionEndpoint, {}), 401, 'invalid_client', description)
    const client = inForm(emulator.travis.credentials.serviceAccount)
    const response = await post(emulator, introspectionEndpoint, client)
    await expectError(response, 400, 'invalid_request', 'Token not provided.')
  })
})

describe('revocation', () => {
  it('kills an access token for the API, too', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await signIn(emulator)
    const { revocationEndpoint, apiUrl } = emulator.travis.endpoints()
    const client = inForm(emulator.travis.credentials.customerClient)
    const response = await post(emulator, revocationEndpoint, { ...client, token: accessToken })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect((await withBearer(emulator, `${apiUrl}vehicles`, accessToken)).status).toBe(401)
  })

  it('ends the session of a refresh token', async () => {
    const emulator = frozenEmulator()
    const { refreshToken } = await signIn(emulator)
    const { revocationEndpoint, tokenEndpoint } = emulator.travis.endpoints()
    const client = inForm(emulator.travis.credentials.customerClient)
    await post(emulator, revocationEndpoint, { ...client, token: refreshToken })
    const form = { ...client, grant_type: 'refresh_token', refresh_token: refreshToken }
    await expectError(await post(emulator, tokenEndpoint, form), 400, 'invalid_grant', 'Session not active')
  })

  it('answers an unknown token with 200 and an error inside, a foreign one with 400', async () => {
    const emulator = frozenEmulator()
    const { refreshToken } = await signIn(emulator)
    const { revocationEndpoint } = emulator.travis.endpoints()
    const other = inForm(emulator.travis.credentials.serviceAccount)
    const unknown = await post(emulator, revocationEndpoint, { ...other, token: 'nonsense' })
    await expectError(unknown, 200, 'invalid_token', 'Invalid token')
    const foreign = await post(emulator, revocationEndpoint, { ...other, token: refreshToken })
    await expectError(foreign, 400, 'invalid_request', 'Unmatching clients')
    const missing = await post(emulator, revocationEndpoint, other)
    await expectError(missing, 400, 'invalid_request', 'Token not provided')
  })
})

describe('logout', () => {
  it('ends the session with 204; the access token lives on at the API until it expires', async () => {
    const emulator = frozenEmulator()
    const { accessToken, refreshToken } = await signIn(emulator)
    const { logoutEndpoint, tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const client = inForm(emulator.travis.credentials.customerClient)
    const response = await post(emulator, logoutEndpoint, { ...client, refresh_token: refreshToken })
    expect(response.status).toBe(204)
    expect(response.body).toBeNull()
    const form = { ...client, grant_type: 'refresh_token', refresh_token: refreshToken }
    await expectError(await post(emulator, tokenEndpoint, form), 400, 'invalid_grant', 'Session not active')
    expect((await withBearer(emulator, `${apiUrl}vehicles`, accessToken)).status).toBe(200)
  })

  it('wants a client and one of its refresh tokens', async () => {
    const emulator = frozenEmulator()
    const { refreshToken } = await signIn(emulator)
    const { logoutEndpoint } = emulator.travis.endpoints()
    const other = inForm(emulator.travis.credentials.serviceAccount)
    await expectError(await post(emulator, logoutEndpoint, other), 400, 'invalid_request', 'No refresh token')
    const foreign = await post(emulator, logoutEndpoint, { ...other, refresh_token: refreshToken })
    await expectError(foreign, 400, 'invalid_grant', 'Invalid refresh token')
    const anonymous = await post(emulator, logoutEndpoint, { refresh_token: refreshToken })
    expect(anonymous.status).toBe(401)
  })
})
