import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export const clientId = 'fake-client'
export const clientSecret = 'fake-client-secret'

/** A certified authorization server that none of us wrote, over real HTTP. Used refresh tokens end their grant. */
export interface StrictServer {
  readonly issuer: string
  /** Requests with the grant `refresh_token`, and how many of them brought tokens. */
  readonly refreshes: { asked: number; granted: number }
  /** Answers every request to the token endpoint 503. */
  isDown: boolean
  readonly close: () => Promise<void>
}

export async function startStrictServer(redirectUri: string): Promise<StrictServer> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['fake-cookie-key'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: 300,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 3600,
      IdToken: 300,
    },
    findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  })
  const refreshes = { asked: 0, granted: 0 }
  const isRefresh = (context: { oidc: { params?: unknown } }): boolean =>
    (context.oidc.params as { grant_type?: unknown } | undefined)?.grant_type === 'refresh_token'
  provider.on('grant.success', context => {
    if (isRefresh(context)) refreshes.granted++
  })
  const handle = provider.callback()
  const own: StrictServer = {
    issuer,
    refreshes,
    isDown: false,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  server.on('request', (request, response) => {
    const isToken = request.url === '/token'
    // Nobody signs in while it is counted: every request to the token endpoint is a refresh then.
    if (isToken) refreshes.asked++
    if (isToken && own.isDown) response.writeHead(503).end()
    else void handle(request, response)
  })
  return own
}
