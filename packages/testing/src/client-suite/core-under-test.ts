import { VirtualClock } from '../virtual-clock.ts'

/** What the suite asks of a token manager. */
export interface TokensUnderTest {
  getAccessToken(options?: { readonly forceRefresh?: boolean }): Promise<string>
  signOut(): Promise<unknown>
}

/** What the suite takes of `@evergrant/core`, which it does not import: hand it over with `import * as core`. */
export interface CoreUnderTest<Source extends TokensUnderTest> {
  createTokenManager(authorization: object, options: object): Source
  clientCredentials(): object
  clientSecretPost(secret: string): object
  memoryStore(): object
  readonly isNetworkError: (value: unknown) => boolean
  readonly isOriginNotAllowedError: (value: unknown) => boolean
  readonly isReauthorizationRequiredError: (value: unknown) => boolean
}

/** An authorization server in memory, and a manager of its tokens. The API below `baseUrl` is a real one. */
export class TokenServer {
  readonly tokenEndpoint = 'https://auth.example.test/token'
  readonly clock: VirtualClock = new VirtualClock()
  /** How often a token was asked for. */
  requests = 0
  /** Every token that was ever handed out. */
  readonly issued: string[] = []
  isDown = false
  #gate: Promise<void> | undefined

  /** Lets token requests wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = promiseWithResolver()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  /** Answers token requests, and sends the others. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (!(input instanceof Request ? input.url : String(input)).startsWith(this.tokenEndpoint))
      return globalThis.fetch(input, init)
    this.requests++
    await this.#gate
    if (this.isDown) throw new TypeError('fetch failed')
    const accessToken = `fake-access-${this.issued.length + 1}-${crypto.randomUUID()}`
    this.issued.push(accessToken)
    return Response.json({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 })
  }

  /** Makes the manager of a new credential, whose tokens may go to `baseUrl` alone. */
  manage<Source extends TokensUnderTest>(core: CoreUnderTest<Source>, baseUrl: string): Source {
    const authorization = {
      provider: 'example',
      server: { tokenEndpoint: this.tokenEndpoint },
      client: { clientId: 'fake-client', authentication: core.clientSecretPost('fake-secret') },
      grant: core.clientCredentials(),
      resource: { baseUrl, origins: [new URL(baseUrl).origin] },
    }
    const options = { store: core.memoryStore(), clock: this.clock, fetch: this.fetch }
    return core.createTokenManager(authorization, options)
  }
}

export function promiseWithResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void
  const promise = new Promise<void>(done => (resolve = done))
  // The promise has set it already.
  return { promise, resolve: () => resolve() }
}
