import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client'
import { HttpLink } from '@apollo/client/link/http'
import { clientCredentials, clientSecretPost, createTokenManager, memoryStore } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { accessTokenLink } from './access-token-link.ts'
import type { AccessTokenLinkOptions } from './access-token-link.ts'

export const baseUrl = 'https://api.example.test/v1/'
export const graphqlUrl = 'https://api.example.test/v1/graphql'
const tokenEndpoint = 'https://auth.example.test/token'

/** A request that the API has received. */
export interface Received {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  /** The operation, or the operations of a batch. */
  readonly body: unknown
  readonly signal: AbortSignal | undefined
}

/** What the API answers, given the token that came. */
export type Answer = (token: string, received: Received) => Response | Promise<Response>

export const unauthenticated: object = {
  errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }],
}
export const forbidden: object = { errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] }

/** Answers as GraphQL servers do. */
export const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init)

/** An authorization server and an API in memory, with a real token manager before them. */
export class Bench {
  readonly clock: VirtualClock = new VirtualClock()
  readonly received: Received[] = []
  readonly refused: Set<string> = new Set()
  tokenRequests = 0
  isDown = false
  /** Answers of the authorization server wait for it. */
  gate: Promise<void> | undefined
  refuses: Answer = () => json(unauthenticated)
  answers: Answer = (_token, { body }) =>
    json(Array.isArray(body) ? body.map(() => ({ data: fine })) : { data: fine })
  readonly manager: TokenManager
  readonly #expiresInS: number | undefined

  /** `apiUrl`: where the tokens may go; `expiresInS`: their lifetime in seconds, undefined if the server names none. */
  constructor(apiUrl: string = baseUrl, expiresInS: number | undefined = 3600) {
    this.#expiresInS = expiresInS
    this.manager = createTokenManager(
      {
        provider: 'example',
        server: { tokenEndpoint },
        client: { clientId: 'fake-client', authentication: clientSecretPost('fake-secret') },
        grant: clientCredentials(),
        resource: { baseUrl: apiUrl, origins: [new URL(apiUrl).origin] },
      },
      { store: memoryStore(), clock: this.clock, fetch: (input, init) => this.fetch(input, init) },
    )
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    init?.signal?.throwIfAborted()
    const url = String(input instanceof Request ? input.url : input)
    if (url.startsWith(tokenEndpoint)) return this.#issue()
    const headers = new Headers(init?.headers)
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    const received = { url, method: init?.method ?? 'GET', headers, body, signal: init?.signal ?? undefined }
    this.received.push(received)
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    return this.refused.has(token) ? this.refuses(token, received) : this.answers(token, received)
  }

  /** The tokens that came, in their order. */
  get tokens(): (string | undefined)[] {
    return this.received.map(({ headers }) => headers.get('authorization')?.replace('Bearer ', ''))
  }

  /** Refuses the token in use, and lets so much time pass that nobody holds back the next refresh. */
  async refuseCurrentToken(): Promise<void> {
    this.refused.add(await this.manager.getAccessToken())
    await this.clock.advance(60_000)
  }

  link(options?: AccessTokenLinkOptions): ApolloLink {
    return accessTokenLink(this.manager, { uri: 'graphql', ...options })
  }

  http(): ApolloLink {
    return new HttpLink({ fetch: this.fetch })
  }

  client(...links: ApolloLink[]): ApolloClient {
    const chain = links.length > 0 ? links : [this.link(), this.http()]
    return new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from(chain) })
  }

  async #issue(): Promise<Response> {
    this.tokenRequests++
    await this.gate
    if (this.isDown) throw new TypeError('fetch failed')
    return json({
      access_token: `fake-${this.tokenRequests}`,
      token_type: 'Bearer',
      expires_in: this.#expiresInS,
    })
  }
}

export const fine = { vehicle: { __typename: 'Vehicle', id: '7', name: 'Van' } }

/** A promise, and what resolves it. */
export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const promise = new Promise<void>(resolve => (open = resolve))
  return { promise, open: () => open() }
}
