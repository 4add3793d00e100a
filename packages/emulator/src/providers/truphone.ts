import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import { Keycloak } from '../authorization-servers/keycloak.ts'
import type { KeycloakClient } from '../authorization-servers/keycloak-realm.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TruphoneCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import type { KeycloakEndpoints, TokenLifetimes, TruphoneEmulator } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { truphoneApi } from '../resource-apis/truphone.ts'
import { publicBase } from '../routing.ts'
import { keycloakEndpoints } from './keycloak-endpoints.ts'
import { judgeJwt } from './provider.ts'
import type { RespondingProvider } from './provider.ts'

const realmName = 'tru-staff'
const minute = 60_000

const credentials: TruphoneCredentials = {
  clientId: 'fake-truphone',
  clientSecret: 'fake-truphone-secret',
  limited: { clientId: 'fake-truphone-limited', clientSecret: 'fake-truphone-limited-secret' },
}

const clients: readonly KeycloakClient[] = [
  {
    clientId: credentials.clientId,
    clientSecret: credentials.clientSecret,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: 'b1c0a5f4-8f5d-4c43-9d0e-5c3f6a7e0001',
      username: 'service-account-fake-truphone',
      roles: ['sim-viewer'],
      groups: [],
    },
  },
  {
    ...credentials.limited,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: 'b1c0a5f4-8f5d-4c43-9d0e-5c3f6a7e0002',
      username: 'service-account-fake-truphone-limited',
      roles: [],
      groups: [],
    },
  },
]

/** Truphone Connect: the realm `tru-staff`, whose sessions die after 30 idle minutes, and the SIM card API. */
export class Truphone implements TruphoneEmulator, RespondingProvider {
  readonly name = 'truphone'
  readonly credentials: TruphoneCredentials = credentials
  readonly #lifetimes = new Lifetimes({ accessTokenMs: 5 * minute, refreshTokenMs: 30 * minute })
  readonly #accessTokens = new AccessTokens()
  readonly #keycloak: Keycloak
  readonly #api: ResourceApi

  constructor(clock: EmulatorClock) {
    this.#keycloak = new Keycloak({
      name: realmName,
      clients,
      users: [],
      defaultScope: ['email', 'profile'],
      optionalScope: [],
      refreshTokenAlgorithm: 'HS512',
      clock,
      lifetimes: this.#lifetimes,
      accessTokens: this.#accessTokens,
    })
    this.#api = truphoneApi(judgeJwt(this.#keycloak.tokens))
  }

  respond(exchange: Exchange): Promise<Response> {
    const { path } = exchange
    const api = '/connect-api/'
    if (path.startsWith(api)) return this.#api.respond(exchange, path.slice(api.length))
    return this.#keycloak.respond(exchange, path.startsWith('/auth/') ? path.slice('/auth'.length) : '')
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
    this.#keycloak.tokens.sessions.endAll()
  }

  endpoints(origin?: string): KeycloakEndpoints {
    const base = publicBase('/truphone', origin)
    return keycloakEndpoints(`${base}/auth/realms/${realmName}`, `${base}/connect-api/`)
  }
}
