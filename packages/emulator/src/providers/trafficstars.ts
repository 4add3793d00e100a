import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import type { KeycloakAccount } from '../authorization-servers/keycloak-realm.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import { TrafficStarsAuthorization } from '../authorization-servers/trafficstars.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TrafficStarsCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { TokenLifetimes, TrafficStarsEmulator, TrafficStarsEndpoints } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { trafficStarsApi } from '../resource-apis/trafficstars.ts'
import { publicBase } from '../routing.ts'
import { judgeJwt } from './provider.ts'
import type { RespondingProvider } from './provider.ts'

const realmName = 'trafficstars'
const day = 86_400_000

const credentials: TrafficStarsCredentials = {
  apiKey: 'fake-trafficstars-api-key',
  limited: { apiKey: 'fake-trafficstars-limited-api-key' },
}

/** TrafficStars: sign-in by API key, and the campaign API, on one host. */
export class TrafficStars implements TrafficStarsEmulator, RespondingProvider {
  readonly name = 'trafficstars'
  readonly credentials: TrafficStarsCredentials = credentials
  // The refresh token's lifetime is not stated: 30 days are Keycloak's idle limit for offline sessions.
  readonly #lifetimes = new Lifetimes({ accessTokenMs: 36_000_000, refreshTokenMs: 30 * day })
  readonly #accessTokens = new AccessTokens()
  readonly #authorization: TrafficStarsAuthorization
  readonly #api: ResourceApi

  constructor(clock: EmulatorClock) {
    this.#authorization = new TrafficStarsAuthorization(
      {
        name: realmName,
        clients: [],
        users: [],
        defaultScope: ['profile', 'offline_access'],
        optionalScope: [],
        refreshTokenAlgorithm: 'HS256',
        clock,
        lifetimes: this.#lifetimes,
        accessTokens: this.#accessTokens,
      },
      new Map([
        [credentials.apiKey, account(1, 'advertiser', ['campaigns'])],
        [credentials.limited.apiKey, account(2, 'accountant', ['billing'])],
      ]),
    )
    this.#api = trafficStarsApi(judgeJwt(this.#authorization.tokens))
  }

  async respond(exchange: Exchange): Promise<Response> {
    const { path } = exchange
    if (this.#authorization.owns(path)) return this.#authorization.respond(exchange)
    if (path.startsWith('/v1/')) return this.#api.respond(exchange, path.slice('/v1/'.length))
    throw new ProtocolError(404, 'not_found', 'No such endpoint')
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
    this.#authorization.tokens.sessions.endAll()
  }

  revokeApiKeys(): void {
    this.#authorization.revokeApiKeys()
  }

  configure(options: { readonly includeRefreshToken?: boolean | undefined }): void {
    this.#authorization.includeRefreshToken =
      options.includeRefreshToken ?? this.#authorization.includeRefreshToken
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
