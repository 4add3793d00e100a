import { IrisAuthorization } from '../authorization-servers/iris.ts'
import type { EmulatorClock } from '../clock.ts'
import type { IrisCredentials } from '../credentials.ts'
import { checkHabits } from '../habits/check-habits.ts'
import type { IrisHabits } from '../habits/habits.ts'
import type { Exchange } from '../exchange.ts'
import type { IrisEmulator, ProviderEndpoints } from '../provider-emulator.ts'
import { irisApi } from '../resource-apis/iris.ts'
import type { ResourceApi } from '../resource-apis/resource-api.ts'
import { publicBase } from '../routing.ts'
import { BaseProvider } from './base-provider.ts'
import { judgeOpaque } from './judge-token.ts'

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
export class Iris extends BaseProvider implements IrisEmulator {
  readonly name = 'iris'
  readonly credentials: IrisCredentials = credentials
  protected readonly apiPath = '/api/'
  protected readonly api: ResourceApi
  readonly #authorization: IrisAuthorization

  constructor(clock: EmulatorClock, seed: number) {
    super(clock, seed, { accessTokenMs: 3_600_000, refreshTokenMs: 3_600_000 })
    this.#authorization = new IrisAuthorization({
      users: [
        { ...credentials, permissions: ['assets'] },
        { ...credentials.limited, permissions: [] },
        { ...credentials.special, permissions: ['assets'] },
      ],
      ...this.ledger,
    })
    const words = { invalid: () => 'The access token is invalid', expired: () => 'The access token expired' }
    this.api = irisApi(judgeOpaque(this.ledger, words))
  }

  protected isAuthorizationPath(path: string): boolean {
    return path === '/token'
  }

  protected authorize(exchange: Exchange): Promise<Response> {
    return this.#authorization.respond(exchange)
  }

  /** Does nothing: IRIS issues no refresh tokens. */
  revokeRefreshTokens(): void {}

  configure(options: IrisHabits): void {
    checkHabits(this.name, options)
    this.#authorization.basicEncoding = options.basicEncoding ?? this.#authorization.basicEncoding
  }

  endpoints(origin?: string): ProviderEndpoints {
    return {
      tokenEndpoint: `${publicBase('/iris', origin)}/token`,
      apiUrl: `${publicBase('/iris/api', origin)}/`,
    }
  }
}
