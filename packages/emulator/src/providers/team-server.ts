import { TeamServerAuthorization } from '../authorization-servers/team-server.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TeamServerCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import type { TeamServerEmulator, TeamServerEndpoints } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { teamServerApi } from '../resource-apis/team-server.ts'
import { publicBase } from '../routing.ts'
import { BaseProvider } from './base-provider.ts'
import { judgeOpaque } from './judge-token.ts'

const day = 86_400_000

// The ids are UUIDs, as Team Server's are; the secrets say what they are.
const user = { username: 'fake-modeler', password: 'fake-modeler-password' }
const credentials: TeamServerCredentials = {
  clientId: '00000000-fa4e-4000-8000-000000000001',
  clientSecret: 'fake-team-server-secret',
  ...user,
  limited: {
    clientId: '00000000-fa4e-4000-8000-000000000002',
    clientSecret: 'fake-team-server-limited-secret',
    ...user,
  },
}

/** ER/Studio Team Server: tokens by GET, and the API for data sources, below one base URL. */
export class TeamServer extends BaseProvider implements TeamServerEmulator {
  readonly name = 'team-server'
  readonly credentials: TeamServerCredentials = credentials
  protected readonly apiPath = '/api/'
  protected readonly api: ResourceApi
  readonly #authorization: TeamServerAuthorization

  constructor(clock: EmulatorClock) {
    // The refresh token's lifetime is not stated: 30 days are legacy Spring's default.
    super(clock, { accessTokenMs: day, refreshTokenMs: 30 * day })
    const { clientId, clientSecret, limited } = credentials
    this.#authorization = new TeamServerAuthorization({
      clients: [
        { clientId, clientSecret, scope: ['read', 'write'] },
        { clientId: limited.clientId, clientSecret: limited.clientSecret, scope: ['write'] },
      ],
      users: [user],
      ...this.ledger,
    })
    // Legacy Spring echoes access tokens, too.
    const words = {
      invalid: (token: string) => `Invalid access token: ${token}`,
      expired: (token: string) => `Access token expired: ${token}`,
    }
    this.api = teamServerApi(judgeOpaque(this.ledger, words))
  }

  protected authorize(exchange: Exchange): Promise<Response> | undefined {
    return exchange.path === '/api/oauth/token' ? this.#authorization.respond(exchange) : undefined
  }

  revokeRefreshTokens(): void {
    this.#authorization.revokeRefreshTokens()
  }

  configure(options: { readonly revokeAccessTokenOnRefresh?: boolean | undefined }): void {
    this.#authorization.revokeAccessTokenOnRefresh =
      options.revokeAccessTokenOnRefresh ?? this.#authorization.revokeAccessTokenOnRefresh
  }

  endpoints(origin?: string): TeamServerEndpoints {
    const baseUrl = publicBase('/team-server', origin)
    return { tokenEndpoint: `${baseUrl}/api/oauth/token`, apiUrl: `${baseUrl}/api/`, baseUrl }
  }
}
