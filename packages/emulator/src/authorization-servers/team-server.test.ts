import { describe, expect, it } from 'vitest'
import {
  basic,
  expectError,
  frozenEmulator,
  inForm,
  post,
  readTokens,
  teamServerUrl,
  withBearer,
} from '../emulator.test-support.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const dataSourcesUrl = 'http://teamserver.example.com/api/datasources'

describe('the token endpoint of Team Server', () => {
  it('answers a GET with everything in the query as the document shows', async () => {
    const emulator = frozenEmulator()
    const { body } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'refresh_token', 'expires_in', 'scope'])
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 86_399, scope: 'read write' })
    expect(body['access_token']).toMatch(uuid)
    expect(body['refresh_token']).toMatch(uuid)
  })

  it('answers a POSTed form, and a client in the header, the same way', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint } = emulator.teamServer.endpoints()
    const { clientId, clientSecret, username, password } = emulator.teamServer.credentials
    const form = { grant_type: 'password', username, password }
    const client = inForm({ clientId, clientSecret })
    expect((await post(emulator, tokenEndpoint, { ...form, ...client })).status).toBe(200)
    const header = basic(clientId, clientSecret)
    expect((await post(emulator, tokenEndpoint, form, header)).status).toBe(200)
    const both = await post(emulator, tokenEndpoint, { ...form, ...client }, header)
    const description = 'Multiple client authentication methods in one request'
    await expectError(both, 400, 'invalid_request', description)
  })

  const emulator = frozenEmulator()
  it.each([
    [
      'no client',
      { client_id: undefined },
      401,
      'unauthorized',
      'Full authentication is required to access this resource',
    ],
    ['an unknown client', { client_id: 'x' }, 401, 'invalid_client', 'Bad client credentials'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client', 'Bad client credentials'],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 'Bad client credentials'],
    ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 'Missing grant type'],
    [
      'another grant type',
      { grant_type: 'implicit' },
      400,
      'unsupported_grant_type',
      'Unsupported grant type: implicit',
    ],
    ['a wrong password', { password: 'x' }, 400, 'invalid_grant', 'Bad credentials'],
    ['an unknown user', { username: 'x' }, 400, 'invalid_grant', 'Bad credentials'],
    ['an unknown scope', { scope: 'read admin' }, 400, 'invalid_scope', 'Invalid scope: admin'],
    [
      'an unknown refresh token',
      { grant_type: 'refresh_token', refresh_token: 'ab' },
      400,
      'invalid_grant',
      'Invalid refresh token: ab',
    ],
    [
      'no refresh token',
      { grant_type: 'refresh_token' },
      400,
      'invalid_grant',
      'Invalid refresh token: null',
    ],
  ])('refuses %s in legacy Spring’s words', async (_, changes, status, error, description) => {
    await expectError(await emulator.fetch(teamServerUrl(emulator, changes)), status, error, description)
  })

  it('challenges wrong clients with its own scheme', async () => {
    const response = await emulator.fetch(teamServerUrl(emulator, { client_secret: 'x' }))
    expect(response.headers.get('www-authenticate')).toBe(
      'Form realm="oauth2/client", error="invalid_client", error_description="Bad client credentials"',
    )
  })

  it('refuses other methods', async () => {
    const response = await emulator.fetch(teamServerUrl(emulator), { method: 'PUT' })
    await expectError(response, 405, 'method_not_allowed', "Request method 'PUT' not supported")
  })

  it('grants less when less is asked for', async () => {
    const { body } = await readTokens(await emulator.fetch(teamServerUrl(emulator, { scope: 'read' })))
    expect(body['scope']).toBe('read')
  })
})

describe('a refresh token of Team Server', () => {
  it('comes back unchanged, and the old access token stays good', async () => {
    const emulator = frozenEmulator()
    const first = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const changes = { grant_type: 'refresh_token', refresh_token: first.refreshToken }
    const second = await readTokens(await emulator.fetch(teamServerUrl(emulator, changes)))
    expect(second.refreshToken).toBe(first.refreshToken)
    expect(second.accessToken).not.toBe(first.accessToken)
    expect((await withBearer(emulator, dataSourcesUrl, first.accessToken)).status).toBe(200)
  })

  it('kills the old access token when configured so', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ revokeAccessTokenOnRefresh: true })
    const first = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const changes = { grant_type: 'refresh_token', refresh_token: first.refreshToken }
    const second = await readTokens(await emulator.fetch(teamServerUrl(emulator, changes)))
    expect((await withBearer(emulator, dataSourcesUrl, first.accessToken)).status).toBe(401)
    expect((await withBearer(emulator, dataSourcesUrl, second.accessToken)).status).toBe(200)
  })

  it('expires with 401 invalid_token and is echoed', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.setLifetimes({ refreshTokenMs: 5_000 })
    const { refreshToken } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const url = teamServerUrl(emulator, { grant_type: 'refresh_token', refresh_token: refreshToken })
    emulator.advance(5_000)
    const description = `Invalid refresh token (expired): ${refreshToken}`
    await expectError(await emulator.fetch(url), 401, 'invalid_token', description)
    const echoed = `Invalid refresh token: ${refreshToken}`
    await expectError(await emulator.fetch(url), 400, 'invalid_grant', echoed)
  })

  it('is refused after revocation, and for another client', async () => {
    const emulator = frozenEmulator()
    const { refreshToken } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const { clientId, clientSecret } = emulator.teamServer.credentials.limited
    const changes = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const foreign = teamServerUrl(emulator, { ...changes, ...inForm({ clientId, clientSecret }) })
    const wrongClient = `Wrong client for this refresh token: ${refreshToken}`
    await expectError(await emulator.fetch(foreign), 400, 'invalid_grant', wrongClient)
    emulator.teamServer.revokeRefreshTokens()
    const unknown = `Invalid refresh token: ${refreshToken}`
    await expectError(await emulator.fetch(teamServerUrl(emulator, changes)), 400, 'invalid_grant', unknown)
  })
})

describe('an access token of Team Server', () => {
  it('also travels in the query', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const response = await emulator.fetch(`${dataSourcesUrl}?access_token=${accessToken}`)
    expect(response.status).toBe(200)
    expect(emulator.journal.entries({ kind: 'api' })[0]?.path).toBe(
      '/team-server/api/datasources?access_token=[redacted]',
    )
  })

  it('is echoed when unknown or expired', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    emulator.advance(86_400_000)
    const expired = await withBearer(emulator, dataSourcesUrl, accessToken)
    await expectError(expired, 401, 'invalid_token', `Access token expired: ${accessToken}`)
    const unknown = await withBearer(emulator, dataSourcesUrl, 'x')
    await expectError(unknown, 401, 'invalid_token', 'Invalid access token: x')
  })
})
