import { TeamServerAuthorization } from '../authorization-servers/team-server.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TeamServerCredentials } from '../credentials.ts'
import { checkHabits } from '../habits/check-habits.ts'
import type { TeamServerHabits } from '../habits/habits.ts'
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

  constructor(clock: EmulatorClock, seed: number) {
    // The refresh token's lifetime is not stated: 30 days are legacy Spring's default.
    super(clock, seed, { accessTokenMs: day, refreshTokenMs: 30 * day })
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

  protected isAuthorizationPath(path: string): boolean {
    return path === '/api/oauth/token'
  }

  protected authorize(exchange: Exchange): Promise<Response> {
    return this.#authorization.respond(exchange)
  }

  revokeRefreshTokens(): void {
    this.#authorization.revokeRefreshTokens()
  }

  configure(habits: TeamServerHabits): void {
    checkHabits(this.name, habits)
    this.#authorization.configure(habits)
  }

  endpoints(origin?: string): TeamServerEndpoints {
    const baseUrl = publicBase('/team-server', origin)
    return { tokenEndpoint: `${baseUrl}/api/oauth/token`, apiUrl: `${baseUrl}/api/`, baseUrl }
  }
}
