import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export const oidcClient = { clientId: 'fake-client', clientSecret: 'fake-client-secret' } as const

/** How long an access token lives there, in milliseconds. */
export const oidcLifetimeMs = 300_000

/** A certified authorization server that none of us wrote, over real HTTP. A used refresh token that comes back ends its grant. */
export interface OidcServer {
  readonly tokenEndpoint: string
  readonly userinfoEndpoint: string
  /** What was answered to refresh tokens: `granted`, or the error. */
  readonly answers: readonly string[]
  /** A refresh token as a code exchange would have issued it. */
  readonly mintRefreshToken: () => Promise<string>
  readonly close: () => Promise<void>
}

export async function startOidcServer(): Promise<OidcServer> {
  const server = createServer()
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = createProvider(issuer)
  const answers: string[] = []
  provider.on('grant.success', () => void answers.push('granted'))
  provider.on('grant.error', (_context, error) => void answers.push(error.message))
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
  return {
    tokenEndpoint: `${issuer}/token`,
    userinfoEndpoint: `${issuer}/me`,
    answers,
    mintRefreshToken: () => mintRefreshToken(provider),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function createProvider(issuer: string): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.clientId,
        client_secret: oidcClient.clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://app.example/callback'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['fake-cookie-key'] },
    features: { devInteractions: { enabled: false } },
    scopes: ['openid', 'offline_access'],
    rotateRefreshToken: true,
    ttl: {
      AccessToken: oidcLifetimeMs / 1000,
      IdToken: oidcLifetimeMs / 1000,
      RefreshToken: 86_400,
      Grant: 86_400,
    },
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  })
}

async function mintRefreshToken(provider: Provider): Promise<string> {
  const client = await provider.Client.find(oidcClient.clientId)
  if (client === undefined) throw new Error('The client is configured above.')
  const grant = new provider.Grant({ accountId: 'fake-user', clientId: oidcClient.clientId })
  grant.addOIDCScope('openid offline_access')
  const token = new provider.RefreshToken({
    accountId: 'fake-user',
    client,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: 'openid offline_access',
  })
  return token.save()
}
