import { VirtualClock } from '@evergrant/testing'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  clientCredentials,
  clientSecretBasic,
  createTokenManager,
  isAuthorizationServerError,
  memoryStore,
  refreshTokenGrant,
} from './index.ts'
import type { Authorization, Grant, TokenManager } from './index.ts'

// A certified server that none of us wrote: oidc-provider, in process, over real HTTP on a free loopback port. Its
// refresh tokens rotate, and a used one that comes back ends the whole grant.

const clientId = 'fake-client'
const clientSecret = 'fake-client-secret'

let server: Server
let provider: Provider
let tokenEndpoint: string
const seen = { successes: 0, errors: [] as string[] }

beforeEach(async () => {
  Object.assign(seen, { successes: 0, errors: [] })
  server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  tokenEndpoint = `${issuer}/token`
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
        redirect_uris: ['https://app.example/callback'],
      },
    ],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    scopes: ['openid', 'offline_access', 'things'],
    rotateRefreshToken: true,
    ttl: { AccessToken: 300, ClientCredentials: 300, RefreshToken: 86_400, Grant: 86_400 },
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  })
  provider.on('grant.success', () => void seen.successes++)
  provider.on('grant.error', (_context, error) => void seen.errors.push(error.message))
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

/** A refresh token as a code exchange would have issued it. */
async function mintRefreshToken(): Promise<string> {
  const client = await provider.Client.find(clientId)
  if (client === undefined) throw new Error('The client is configured above.')
  const grant = new provider.Grant({ accountId: 'fake-user', clientId })
  grant.addOIDCScope('openid offline_access')
  const grantId = await grant.save()
  const token = new provider.RefreshToken({
    accountId: 'fake-user',
    client,
    grantId,
    gty: 'authorization_code',
    scope: 'openid offline_access',
  })
  return token.save()
}

function manager(grant: Grant, clock: VirtualClock, secret = clientSecret): TokenManager {
  const authorization: Authorization = {
    provider: 'oidc-provider',
    server: { tokenEndpoint },
    client: { clientId, authentication: clientSecretBasic(secret) },
    grant,
    resource: { origins: [] },
  }
  return createTokenManager(authorization, { clock, store: memoryStore({ clock }) })
}

describe('oidc-provider', () => {
  test('gives client_credentials tokens, one request for all callers', async () => {
    const clock = new VirtualClock()
    const tokens = manager(clientCredentials({ scope: 'things' }), clock)
    const answers = await Promise.all(Array.from({ length: 1000 }, () => tokens.getAccessToken()))
    expect(new Set(answers).size).toBe(1)
    expect((await tokens.getTokenSet()).expiresAt).toBe(clock.wall() + 300_000)
    await clock.advance(301_000)
    expect(await tokens.getAccessToken()).not.toBe(answers[0])
    expect(seen).toEqual({ successes: 2, errors: [] })
  })

  test('rotates: 1,000 concurrent callers over 20 expiries cause exactly 20 refreshes and no invalid_grant', async () => {
    const clock = new VirtualClock()
    const refreshToken = await mintRefreshToken()
    const tokens = manager(refreshTokenGrant({ refreshToken, isSingleUse: true }), clock)
    const all = new Set([await tokens.getAccessToken()])
    for (let expiry = 0; expiry < 20; expiry++) {
      await clock.advance(301_000)
      const answers = await Promise.all(Array.from({ length: 1000 }, () => tokens.getAccessToken()))
      expect(new Set(answers).size).toBe(1)
      all.add(answers[0] ?? '')
    }
    expect(all.size).toBe(21)
    expect(seen).toEqual({ successes: 21, errors: [] })
  })

  test('revokes the grant when a used refresh token comes back: the test above could fail', async () => {
    const clock = new VirtualClock()
    const refreshToken = await mintRefreshToken()
    const [first, second] = [clock, clock].map(() =>
      manager(refreshTokenGrant({ refreshToken, isSingleUse: true }), clock),
    )
    await first?.getAccessToken()
    await expect(second?.getAccessToken()).rejects.toMatchObject({ code: 'credentials_rejected' })
    await clock.advance(301_000)
    await expect(first?.getAccessToken()).rejects.toMatchObject({ name: 'AuthorizationServerError' })
    expect(seen.errors).toContain('invalid_grant')
  })

  test('refuses a wrong secret, and the message says what to check', async () => {
    const error: unknown = await manager(clientCredentials(), new VirtualClock(), 'fake-wrong-secret')
      .getAccessToken()
      .catch((reason: unknown) => reason)
    expect(isAuthorizationServerError(error) && error.code).toBe('client_misconfigured')
    expect(String(error)).toContain('401 invalid_client')
  })
})
