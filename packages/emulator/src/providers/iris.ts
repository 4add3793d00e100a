import { AccessTokens } from '../authorization-servers/access-tokens.ts'
import { IrisAuthorization } from '../authorization-servers/iris.ts'
import { Lifetimes } from '../authorization-servers/lifetimes.ts'
import type { EmulatorClock } from '../clock.ts'
import type { IrisCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { IrisEmulator, ProviderEndpoints, TokenLifetimes } from '../provider-emulator.ts'
import { irisApi } from '../resource-apis/iris.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { publicBase } from '../routing.ts'
import { judgeOpaque } from './provider.ts'
import type { RespondingProvider } from './provider.ts'

const credentials: IrisCredentials = {
  clientId: 'fake-iris-client',
  clientSecret: 'fake-iris-secret',
  username: 'fake-api-user',
  password: 'fake-iris-password',
  limited: {
    clientId: 'fake-iris-limited-client',
    clientSecret: 'fake-iris-limited-secret',
    username: 'fake-limited-api-user',
    password: 'fake-iris-limited-password',
  },
  special: {
    clientId: 'fake:iris client+special',
    clientSecret: 'fake:iris+secret%2F& £€',
    username: 'fake-special-api-user@café.example',
    password: 'fake+iris%20pass&word=ü',
  },
}

/** Trackunit IRIS: tokens by password and client_secret_basic, and the API for machines. */
export class Iris implements IrisEmulator, RespondingProvider {
  readonly name = 'iris'
  readonly credentials: IrisCredentials = credentials
  readonly #lifetimes = new Lifetimes({ accessTokenMs: 3_600_000, refreshTokenMs: 3_600_000 })
  readonly #accessTokens = new AccessTokens()
  readonly #authorization: IrisAuthorization
  readonly #api: ResourceApi

  constructor(clock: EmulatorClock) {
    this.#authorization = new IrisAuthorization({
      users: [
        { ...credentials, permissions: ['assets'] },
        { ...credentials.limited, permissions: [] },
        { ...credentials.special, permissions: ['assets'] },
      ],
      clock,
      lifetimes: this.#lifetimes,
      accessTokens: this.#accessTokens,
    })
    const words = { invalid: () => 'The access token is invalid', expired: () => 'The access token expired' }
    this.#api = irisApi(judgeOpaque(this.#accessTokens, clock, words))
  }

  async respond(exchange: Exchange): Promise<Response> {
    const { path } = exchange
    if (path === '/token') return this.#authorization.respond(exchange)
    if (path.startsWith('/api/')) return this.#api.respond(exchange, path.slice('/api/'.length))
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

  /** Does nothing: IRIS issues no refresh tokens. */
  revokeRefreshTokens(): void {}

  configure(options: { readonly basicEncoding?: 'rfc' | 'raw' | undefined }): void {
    this.#authorization.basicEncoding = options.basicEncoding ?? this.#authorization.basicEncoding
  }

  endpoints(origin?: string): ProviderEndpoints {
    return {
      tokenEndpoint: `${publicBase('/iris', origin)}/token`,
      apiUrl: `${publicBase('/iris/api', origin)}/`,
    }
  }
}
