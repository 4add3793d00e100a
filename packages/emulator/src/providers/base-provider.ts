import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import type { InitialLifetimes } from '../authorization-servers/lifetimes.ts'
import type { TokenLedger } from '../authorization-servers/token-ledger.ts'
import type { EmulatorClock } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { TokenLifetimes } from '../provider-emulator.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'

/** What the emulator needs of every provider, and what all of them do alike. */
export abstract class BaseProvider {
  protected readonly ledger: TokenLedger
  protected abstract readonly api: ResourceApi
  /** Where the API begins, below the provider's base path: `/api/`. */
  protected abstract readonly apiPath: string

  constructor(clock: EmulatorClock, lifetimes: InitialLifetimes) {
    this.ledger = { clock, lifetimes: new Lifetimes(lifetimes), accessTokens: new AccessTokens() }
  }

  /** Answers what is the authorization server's; undefined for any other path. */
  protected abstract authorize(exchange: Exchange): Promise<Response> | undefined

  /** Ends every session. */
  abstract revokeRefreshTokens(): void

  /**
   * Answers one request.
   * @throws {ProtocolError} the request is refused, in OAuth 2.0's words
   */
  async respond(exchange: Exchange): Promise<Response> {
    const authorized = this.authorize(exchange)
    if (authorized) return authorized
    const { api, apiPath } = this
    if (exchange.path.startsWith(apiPath)) return api.respond(exchange, exchange.path.slice(apiPath.length))
    throw new ProtocolError(404, 'not_found', 'No such endpoint')
  }

  /** Query parameters of the API that hold no secrets: the journal shows their values. */
  get apiParameters(): ReadonlySet<string> {
    return this.api.parameters
  }

  setLifetimes(lifetimes: TokenLifetimes): void {
    this.ledger.lifetimes.set(lifetimes)
  }

  revokeAccessTokens(): void {
    this.ledger.accessTokens.revokeAll()
  }
}
