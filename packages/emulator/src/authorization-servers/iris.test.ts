import { describe, expect, it } from 'vitest'
import {
  askIris,
  basic,
  expectError,
  frozenEmulator,
  inForm,
  post,
  readTokens,
} from '../emulator.test-support.ts'

const url = 'https://auth.trackunit.com/token'

describe('the token endpoint of IRIS', () => {
  it('answers as the document shows, without a refresh token', async () => {
    const emulator = frozenEmulator()
    const { body } = await readTokens(await askIris(emulator))
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'access_token', 'scope'])
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, scope: 'api' })
  })

  it('decodes id and secret from the form encoding, which special characters show', async () => {
    const emulator = frozenEmulator()
    await readTokens(await askIris(emulator, emulator.iris.credentials.special))
    emulator.iris.configure({ basicEncoding: 'raw' })
    const response = await askIris(emulator, emulator.iris.credentials.special)
    await expectError(response, 401, 'invalid_client', 'Client authentication failed')
  })

  it('compares id and secret raw when configured so', async () => {
    const emulator = frozenEmulator()
    emulator.iris.configure({ basicEncoding: 'raw' })
    // A colon separates id from secret, so a raw id cannot hold one.
    const { clientId, clientSecret, username, password } = emulator.iris.credentials
    const form = { grant_type: 'password', username, password, scope: 'api' }
    const response = await post(emulator, url, form, basic(clientId, clientSecret, 'raw'))
    expect(response.status).toBe(200)
  })

  const emulator = frozenEmulator()
  const { clientId, clientSecret, limited } = emulator.iris.credentials
  it.each([
    ['no grant type', { grant_type: '' }, 'invalid_request', 'grant_type is missing'],
    [
      'a refresh',
      { grant_type: 'refresh_token' },
      'unsupported_grant_type',
      'The only grant type is password',
    ],
    ['another scope', { scope: 'openid' }, 'invalid_scope', 'The scope must be api'],
    ['no scope', { scope: '' }, 'invalid_scope', 'The scope must be api'],
    ['no user', { username: '' }, 'invalid_request', 'username is missing'],
    ['no password', { password: '' }, 'invalid_request', 'password is missing'],
    ['a wrong password', { password: 'x' }, 'invalid_grant', 'Invalid username or password'],
    [
      'a user of another client',
      { username: limited.username, password: limited.password },
      'invalid_grant',
      'Invalid username or password',
    ],
  ])('refuses %s', async (_, changes, error, description) => {
    await expectError(await askIris(emulator, undefined, changes), 400, error, description)
  })

  const { username, password } = emulator.iris.credentials
  const form = { grant_type: 'password', username, password, scope: 'api' }
  it.each([
    ['no client', form, {}],
    ['the client in the body', { ...form, ...inForm({ clientId, clientSecret }) }, {}],
    ['a wrong secret', form, basic(clientId, 'x')],
    ['an unknown client', form, basic('x', clientSecret)],
    ['a malformed header', form, { authorization: 'Basic ###' }],
    ['an empty header', form, { authorization: 'Basic' }],
    ['a broken percent escape', form, basic(clientId, '%', 'raw')],
  ])('answers %s with 401 and a challenge', async (_, body, headers) => {
    const response = await post(emulator, url, body, headers)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="IRIS"')
    await expectError(response, 401, 'invalid_client', 'Client authentication failed')
  })

  it('refuses two methods, repeated parameters, JSON and GET', async () => {
    const header = basic(clientId, clientSecret)
    const two = await post(emulator, url, { ...form, client_secret: clientSecret }, header)
    await expectError(two, 400, 'invalid_request', 'Use one client authentication method')
    const body = new URLSearchParams(form)
    body.append('scope', 'api')
    const repeated = await emulator.fetch(url, { method: 'POST', body, headers: header })
    await expectError(repeated, 400, 'invalid_request', 'A parameter is repeated')
    const headers = { 'content-type': 'application/json' }
    expect((await emulator.fetch(url, { method: 'POST', body: '{}', headers })).status).toBe(415)
    await expectError(await emulator.fetch(url), 405, 'invalid_request', 'Use POST')
    const elsewhere = await emulator.fetch('https://auth.trackunit.com/elsewhere')
    await expectError(elsewhere, 404, 'not_found', 'No such endpoint')
  })
})
