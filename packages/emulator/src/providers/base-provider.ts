import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import type { InitialLifetimes } from '../authorization-servers/lifetimes.ts'
import type { TokenLedger } from '../authorization-servers/token-ledger.ts'
import type { FaultQuery } from '../faults/fault-list.ts'
import { FaultList } from '../faults/fault-list.ts'
import type { EmulatorClock } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { PageOrigins } from '../http/page-origins.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { ProviderEndpoints, TokenLifetimes } from '../provider-emulator.ts'
import type { ProviderName } from '../provider-name.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'

// Ten years.
const longestSkewMs = 315_576_000_000

/** What the emulator needs of every provider, and what all of them do alike. */
export abstract class BaseProvider {
  abstract readonly name: ProviderName
  readonly faults: FaultList
  readonly pageOrigins: PageOrigins = new PageOrigins()
  protected readonly ledger: TokenLedger
  protected abstract readonly api: ResourceApi
  /** Where the API begins, below the provider's base path: `/api/`. */
  protected abstract readonly apiPath: string

  constructor(clock: EmulatorClock, seed: number, lifetimes: InitialLifetimes) {
    this.faults = new FaultList(clock, seed)
    this.ledger = {
      clock,
      lifetimes: new Lifetimes(lifetimes),
      accessTokens: new AccessTokens(),
      resourceServer: { isRefusing: false, clockSkewMs: 0 },
    }
  }

  abstract endpoints(origin?: string): ProviderEndpoints

  /** Whether a path is the authorization server's. */
  protected abstract isAuthorizationPath(path: string): boolean

  /** Answers what is the authorization server's. */
  protected abstract authorize(exchange: Exchange): Promise<Response>

  /** Ends every session. */
  abstract revokeRefreshTokens(): void

  /**
   * Answers one request.
   * @throws {ProtocolError} the request is refused, in OAuth 2.0's words
   */
  async respond(exchange: Exchange): Promise<Response> {
    const { api, apiPath } = this
    if (this.isAuthorizationPath(exchange.path)) return this.authorize(exchange)
    if (exchange.path.startsWith(apiPath)) return api.respond(exchange, exchange.path.slice(apiPath.length))
    throw new ProtocolError(404, 'not_found', 'No such endpoint')
  }

  /** Query parameters of the API that hold no secrets: the journal shows their values. */
  get apiParameters(): ReadonlySet<string> {
    return this.api.parameters
  }

  /** Tells what a path below the provider's base path is. */
  kindOf(path: string): FaultQuery['on'] {
    const { pathname } = new URL(this.endpoints('http://emulator.test').tokenEndpoint)
    if (`/${this.name}${path}` === pathname) return 'token'
    return path.startsWith(this.apiPath) && !this.isAuthorizationPath(path) ? 'api' : 'other'
  }

  /** Returns the time of the server that answers at a path, in epoch milliseconds. */
  dateOf(path: string): number {
    const { clock, resourceServer } = this.ledger
    return clock.now() + (this.kindOf(path) === 'api' ? resourceServer.clockSkewMs : 0)
  }

  refuseAllAccessTokens(isRefusing: boolean): void {
    this.ledger.resourceServer.isRefusing = isRefusing
  }

  setApiClockSkew(ms: number): void {
    if (!(Math.abs(ms) <= longestSkewMs)) {
      throw new RangeError(`A clock cannot be ${ms} ms apart: give milliseconds, up to ten years either way.`)
    }
    this.ledger.resourceServer.clockSkewMs = ms
  }

  setPageOrigins(origins: readonly string[]): void {
    this.pageOrigins.set(origins)
  }

  setLifetimes(lifetimes: TokenLifetimes): void {
    this.ledger.lifetimes.set(lifetimes)
  }

  revokeAccessTokens(): void {
    this.ledger.accessTokens.revokeAll()
  }
}
