import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import { TeamServerAuthorization } from '../authorization-servers/team-server.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TeamServerCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { TeamServerEmulator, TeamServerEndpoints, TokenLifetimes } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { teamServerApi } from '../resource-apis/team-server.ts'
import { publicBase } from '../routing.ts'
import { judgeOpaque } from './provider.ts'
import type { RespondingProvider } from './provider.ts'

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
export class TeamServer implements TeamServerEmulator, RespondingProvider {
  readonly name = 'team-server'
  readonly credentials: TeamServerCredentials = credentials
  // The refresh token's lifetime is not stated: 30 days are legacy Spring's default.
  readonly #lifetimes = new Lifetimes({ accessTokenMs: day, refreshTokenMs: 30 * day })
  readonly #accessTokens = new AccessTokens()
  readonly #authorization: TeamServerAuthorization
  readonly #api: ResourceApi

  constructor(clock: EmulatorClock) {
    const { clientId, clientSecret, limited } = credentials
    this.#authorization = new TeamServerAuthorization({
      clients: [
        { clientId, clientSecret, scope: ['read', 'write'] },
        { clientId: limited.clientId, clientSecret: limited.clientSecret, scope: ['write'] },
      ],
      users: [user],
      clock,
      lifetimes: this.#lifetimes,
      accessTokens: this.#accessTokens,
    })
    // Legacy Spring echoes access tokens, too.
    const words = {
      invalid: (token: string) => `Invalid access token: ${token}`,
      expired: (token: string) => `Access token expired: ${token}`,
    }
    this.#api = teamServerApi(judgeOpaque(this.#accessTokens, clock, words))
  }

  async respond(exchange: Exchange): Promise<Response> {
    const { path } = exchange
    if (path === '/api/oauth/token') return this.#authorization.respond(exchange)
    if (path.startsWith('/api/')) return this.#api.respond(exchange, path.slice('/api/'.length))
    throw new ProtocolError(404, 'not_found', 'No such page')
  }

  get apiParameters(): ReadonlySet<string> {
    return this.#api.parameters
  }

  setLifetimes(lifetimes: TokenLifetimes): void {
    this.#lifetimes.set(lifetimes)
  }

  revokeAccessTokens(): void {
    this.#accessTokens.revokeAll()
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
