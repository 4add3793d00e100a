import { Keycloak } from '../authorization-servers/keycloak.ts'
import type { KeycloakRealm } from '../authorization-servers/keycloak-realm.ts'
import type { InitialLifetimes } from '../authorization-servers/lifetimes.ts'
import type { EmulatorClock } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { BaseProvider } from './base-provider.ts'
import { judgeJwt } from './judge-token.ts'
import type { JudgeToken } from './judge-token.ts'

/** What makes one plain Keycloak with an API behind it. */
export interface KeycloakProviderOptions {
  readonly lifetimes: InitialLifetimes
  readonly realm: Pick<KeycloakRealm, 'name' | 'clients' | 'users' | 'defaultScope'>
  readonly apiPath: string
  readonly api: (judgeToken: JudgeToken) => ResourceApi
}

/** A provider whose authorization server is a Keycloak as it comes, below `/auth/`. */
export abstract class KeycloakProvider extends BaseProvider {
  protected readonly api: ResourceApi
  protected readonly apiPath: string
  readonly #keycloak: Keycloak

  constructor(clock: EmulatorClock, options: KeycloakProviderOptions) {
    super(clock, options.lifetimes)
    const unstated = { optionalScope: [], refreshTokenAlgorithm: 'HS512' } as const
    this.#keycloak = new Keycloak({ ...options.realm, ...unstated, ...this.ledger })
    this.apiPath = options.apiPath
    this.api = options.api(judgeJwt(this.#keycloak.tokens))
  }

  protected authorize(exchange: Exchange): Promise<Response> | undefined {
    const { path } = exchange
    // Keycloak itself answers whatever is not the API's, in its own words.
    if (path.startsWith(this.apiPath)) return undefined
    return this.#keycloak.respond(exchange, path.startsWith('/auth/') ? path.slice('/auth'.length) : '')
  }

  revokeRefreshTokens(): void {
    this.#keycloak.tokens.sessions.endAll()
  }
}
