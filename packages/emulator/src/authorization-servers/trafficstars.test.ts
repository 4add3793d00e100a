import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  expectError,
  frozenEmulator,
  post,
  readKeys,
  readObject,
  readTokens,
  trafficStarsKey,
  withBearer,
} from '../emulator.test-support.ts'

const url = 'https://api.trafficstars.com/v1/auth/token'
const infoUrl = 'https://api.trafficstars.com/v1/auth/info'
const logoutUrl = 'https://api.trafficstars.com/v1/auth/logout'
const campaignsUrl = 'https://api.trafficstars.com/v1/campaigns'

async function signIn(emulator: Emulator): Promise<Awaited<ReturnType<typeof readTokens>>> {
  return readTokens(await post(emulator, url, trafficStarsKey(emulator)))
}

describe('the token endpoint of TrafficStars', () => {
  it('takes the API key as refresh token, again and again, and returns none', async () => {
    const emulator = frozenEmulator()
    const { body } = await signIn(emulator)
    expect(Object.keys(body)).toEqual(['access_token', 'expires_in', 'token_type', 'id_token'])
    expect(body).toMatchObject({ expires_in: 36_000, token_type: 'Bearer' })
    emulator.advance(365 * 86_400_000)
    await signIn(emulator)
  })

  it('returns a refresh token when configured so, which works and dies', async () => {
    const emulator = frozenEmulator()
    emulator.trafficStars.configure({ includeRefreshToken: true })
    const { refreshToken } = await signIn(emulator)
    await readTokens(await post(emulator, url, trafficStarsKey(emulator, refreshToken)))
    emulator.trafficStars.revokeRefreshTokens()
    const dead = await post(emulator, url, trafficStarsKey(emulator, refreshToken))
    await expectError(dead, 400, 'invalid_grant', 'Session not active')
    const { refreshToken: next } = await signIn(emulator)
    emulator.advance(30 * 86_400_000)
    const expired = await post(emulator, url, trafficStarsKey(emulator, next))
    await expectError(expired, 400, 'invalid_grant', 'Token is not active')
  })

  it('signs its tokens with the key it serves', async () => {
    const emulator = frozenEmulator()
    const { accessToken, idToken } = await signIn(emulator)
    const served = await emulator.fetch(emulator.trafficStars.endpoints().jwksEndpoint)
    const keys = createLocalJWKSet(await readKeys(served))
    const options = {
      issuer: 'https://api.trafficstars.com/auth/realms/trafficstars',
      currentDate: new Date(emulator.now()),
    }
    expect((await jwtVerify(accessToken, keys, options)).protectedHeader.alg).toBe('RS256')
    await jwtVerify(idToken, keys, options)
  })

  const emulator = frozenEmulator()
  it.each([
    [{}, 400, 'invalid_request', 'Missing form parameter: grant_type'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 'Unsupported grant_type'],
    [{ grant_type: 'refresh_token' }, 400, 'invalid_request', 'No refresh token'],
    [{ grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant', 'Invalid refresh token'],
  ])('refuses %o', async (form, status, error, description) => {
    await expectError(await post(emulator, url, form), status, error, description)
  })

  it('refuses withdrawn keys, JSON, GET and repeated parameters', async () => {
    const other = frozenEmulator()
    const body = new URLSearchParams(trafficStarsKey(other))
    body.append('refresh_token', 'x')
    const repeated = await other.fetch(url, { method: 'POST', body })
    await expectError(repeated, 400, 'invalid_request', 'duplicated parameter')
    const headers = { 'content-type': 'application/json' }
    expect((await other.fetch(url, { method: 'POST', body: '{}', headers })).status).toBe(415)
    expect((await other.fetch(url)).status).toBe(405)
    expect((await other.fetch(`${url}/x`)).status).toBe(404)
    other.trafficStars.revokeApiKeys()
    const withdrawn = await post(other, url, trafficStarsKey(other))
    await expectError(withdrawn, 400, 'invalid_grant', 'Offline user session not found')
  })
})

describe('the session at TrafficStars', () => {
  it('shows the access token, what is left of it, and a refresh token', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await signIn(emulator)
    emulator.advance(1_000_000)
    const info = await readObject(await withBearer(emulator, infoUrl, accessToken, { method: 'POST' }))
    expect(Object.keys(info)).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    expect(info).toMatchObject({ access_token: accessToken, expires_in: 35_000, token_type: 'bearer' })
    const form = { grant_type: 'refresh_token', refresh_token: String(info['refresh_token']) }
    await readTokens(await post(emulator, url, form))
  })

  it.each(['GET', 'POST'])('ends at once by %s, and the API key opens another', async method => {
    const emulator = frozenEmulator()
    const { accessToken } = await signIn(emulator)
    const response = await withBearer(emulator, logoutUrl, accessToken, { method })
    expect(response.status).toBe(204)
    expect(response.body).toBeNull()
    expect((await withBearer(emulator, campaignsUrl, accessToken)).status).toBe(401)
    const again = await withBearer(emulator, logoutUrl, accessToken, { method })
    await expectError(again, 401, 'invalid_token', 'Access token is invalid or expired')
    const next = await signIn(emulator)
    expect((await withBearer(emulator, campaignsUrl, next.accessToken)).status).toBe(200)
  })

  it('takes the scheme in small letters, as the sample has it', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await signIn(emulator)
    const headers = { authorization: `bearer ${accessToken}` }
    expect((await emulator.fetch(logoutUrl, { headers })).status).toBe(204)
  })

  it('is closed to whoever brings no token', async () => {
    const emulator = frozenEmulator()
    const response = await emulator.fetch(infoUrl, { method: 'POST' })
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    await expectError(response, 401, 'unauthorized', 'Access token is missing')
    expect((await emulator.fetch(infoUrl)).status).toBe(405)
  })
})
