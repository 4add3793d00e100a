import type { KeycloakAccount } from '../authorization-servers/keycloak-realm.ts'
import { TrafficStarsAuthorization } from '../authorization-servers/trafficstars.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TrafficStarsCredentials } from '../credentials.ts'
import { checkHabits } from '../habits/check-habits.ts'
import type { TrafficStarsHabits } from '../habits/habits.ts'
import type { Exchange } from '../exchange.ts'
import type { TrafficStarsEmulator, TrafficStarsEndpoints } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { trafficStarsApi } from '../resource-apis/trafficstars.ts'
import { publicBase } from '../routing.ts'
import { BaseProvider } from './base-provider.ts'
import { judgeJwt } from './judge-token.ts'

const realmName = 'trafficstars'
const day = 86_400_000

const credentials: TrafficStarsCredentials = {
  apiKey: 'fake-trafficstars-api-key',
  limited: { apiKey: 'fake-trafficstars-limited-api-key' },
}

/** TrafficStars: sign-in by API key, and the campaign API, on one host. */
export class TrafficStars extends BaseProvider implements TrafficStarsEmulator {
  readonly name = 'trafficstars'
  readonly credentials: TrafficStarsCredentials = credentials
  protected readonly apiPath = '/v1/'
  protected readonly api: ResourceApi
  readonly #authorization: TrafficStarsAuthorization

  constructor(clock: EmulatorClock, seed: number) {
    // The refresh token's lifetime is not stated: 30 days are Keycloak's idle limit for offline sessions.
    super(clock, seed, { accessTokenMs: 36_000_000, refreshTokenMs: 30 * day })
    this.#authorization = new TrafficStarsAuthorization(
      {
        name: realmName,
        clients: [],
        users: [],
        defaultScope: ['profile', 'offline_access'],
        optionalScope: [],
        refreshTokenAlgorithm: 'HS256',
        ...this.ledger,
      },
      new Map([
        [credentials.apiKey, account(1, 'advertiser', ['campaigns'])],
        [credentials.limited.apiKey, account(2, 'accountant', ['billing'])],
      ]),
    )
    this.api = trafficStarsApi(judgeJwt(this.#authorization.tokens, this.ledger))
  }

  protected isAuthorizationPath(path: string): boolean {
    return this.#authorization.owns(path)
  }

  protected authorize(exchange: Exchange): Promise<Response> {
    return this.#authorization.respond(exchange)
  }

  revokeRefreshTokens(): void {
    this.#authorization.tokens.sessions.endAll()
  }

  revokeApiKeys(): void {
    this.#authorization.revokeApiKeys()
  }

  configure(habits: TrafficStarsHabits): void {
    checkHabits(this.name, habits)
    const { includeRefreshToken, rotation } = habits
    this.#authorization.includeRefreshToken = includeRefreshToken ?? this.#authorization.includeRefreshToken
    this.#authorization.tokens.configure({ rotation })
  }

  endpoints(origin?: string): TrafficStarsEndpoints {
    const base = publicBase('/trafficstars', origin)
    return {
      tokenEndpoint: `${base}/v1/auth/token`,
      apiUrl: `${base}/`,
      sessionInfoEndpoint: `${base}/v1/auth/info`,
      logoutEndpoint: `${base}/v1/auth/logout`,
      jwksEndpoint: `${base}/auth/realms/${realmName}/protocol/openid-connect/certs`,
    }
  }
}

function account(number: number, name: string, roles: readonly string[]): KeycloakAccount {
  const email = `${name}@advertiser.example`
  return {
    id: `c4a7d8e2-91b3-4d0f-8e65-7f2a1b3c000${number}`,
    username: email,
    person: { givenName: 'Fake', familyName: name.replace(/^./, first => first.toUpperCase()), email },
    roles,
    groups: [],
  }
}
