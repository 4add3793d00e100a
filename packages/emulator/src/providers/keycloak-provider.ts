import { Keycloak } from '../authorization-servers/keycloak.ts'
import type { KeycloakRealm } from '../authorization-servers/keycloak-realm.ts'
import type { InitialLifetimes } from '../authorization-servers/lifetimes.ts'
import type { EmulatorClock } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { checkHabits } from '../habits/check-habits.ts'
import type { KeycloakHabits } from '../habits/habits.ts'
import { checkRedirectUris } from '../http/redirect-uris.ts'
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

  constructor(clock: EmulatorClock, seed: number, options: KeycloakProviderOptions) {
    super(clock, seed, options.lifetimes)
    const unstated = { optionalScope: [], refreshTokenAlgorithm: 'HS512' } as const
    this.#keycloak = new Keycloak({ ...options.realm, ...unstated, ...this.ledger })
    this.apiPath = options.apiPath
    this.api = options.api(judgeJwt(this.#keycloak.tokens, this.ledger))
  }

  /** Keycloak itself answers whatever is not the API's, in its own words. */
  protected isAuthorizationPath(path: string): boolean {
    return !path.startsWith(this.apiPath)
  }

  protected authorize(exchange: Exchange): Promise<Response> {
    const { path } = exchange
    return this.#keycloak.respond(exchange, path.startsWith('/auth/') ? path.slice('/auth'.length) : '')
  }

  revokeRefreshTokens(): void {
    this.#keycloak.tokens.sessions.endAll()
  }

  killSessions(): void {
    this.revokeRefreshTokens()
  }

  bumpNotBefore(): void {
    this.#keycloak.tokens.bumpNotBefore()
  }

  configure(habits: KeycloakHabits): void {
    checkHabits(this.name, habits)
    this.#keycloak.tokens.configure(habits)
    this.#keycloak.authorization.configure(habits)
  }

  protected registerRedirectUris(clientId: string, uris: readonly string[]): void {
    checkRedirectUris(uris)
    this.#keycloak.authorization.setRedirectUris(clientId, [...uris])
  }
}
