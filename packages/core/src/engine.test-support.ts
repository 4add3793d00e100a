import { seededRandom, VirtualClock } from '@evergrant/testing'
import {
  clientCredentials,
  clientSecretPost,
  createTokenManager,
  createUserTokens,
  memoryStore,
} from './index.ts'
import type {
  Authorization,
  AuthorizationServer,
  EvergrantEvent,
  Grant,
  PasswordCredentials,
  TokenManager,
  TokenManagerOptions,
  TokenStore,
  UserTokens,
  UserTokensOptions,
} from './index.ts'

/** What a scripted server answers: a status with a body (JSON unless it is text), an error to throw, or silence. */
export interface ScriptedAnswer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Thrown by fetch instead of an answer. */
  readonly error?: Error
  /** Virtual milliseconds until the answer. */
  readonly delayMs?: number
}

export interface ReceivedRequest {
  readonly url: string
  readonly method: string
  readonly parameters: URLSearchParams
  readonly headers: Headers
}

export const apiUrl = 'https://api.example.test/v1/'
export const tokenEndpoint = 'https://auth.example.test/token'

/**
 * One small authorization server and API, scripted by a test: token requests take the scripted answers in turn, and a
 * default that issues `access-1`, `access-2`, … `assertAllUsed` fails a test that
 * scripted an answer nobody asked for.
 */
export class ScriptedServer {
  readonly clock: VirtualClock
  readonly tokenRequests: ReceivedRequest[] = []
  readonly apiRequests: ReceivedRequest[] = []
  readonly otherRequests: ReceivedRequest[] = []
  /** Access tokens that the API refuses with 401. */
  readonly refused: Set<string> = new Set()
  /** Members that every default token response has. */
  defaults: Record<string, unknown> = { token_type: 'Bearer', expires_in: 300 }
  #answers: ScriptedAnswer[] = []
  #issued = 0

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  answer(...answers: ScriptedAnswer[]): this {
    this.#answers.push(...answers)
    return this
  }

  assertAllUsed(): void {
    if (this.#answers.length > 0) throw new Error(`${this.#answers.length} scripted answers were not used.`)
  }

  readonly fetch: typeof fetch = async (input, init) => {
    init?.signal?.throwIfAborted()
    const url = input instanceof Request ? input.url : String(input)
    const body = init?.body instanceof URLSearchParams ? init.body : new URL(url).searchParams
    const headers = new Headers(init?.headers)
    const received = { url, method: init?.method ?? 'GET', parameters: new URLSearchParams(body), headers }
    if (url.startsWith(tokenEndpoint)) return this.#token(received, init?.signal ?? undefined)
    if (!url.startsWith(apiUrl)) {
      this.otherRequests.push(received)
      return new Response(null, { status: 204 })
    }
    this.apiRequests.push(received)
    const token = headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
    if (!this.refused.has(token)) return Response.json({ token })
    const challenge = 'Bearer realm="api", error="invalid_token"'
    return new Response('refused', { status: 401, headers: { 'www-authenticate': challenge } })
  }

  async #token(received: ReceivedRequest, signal: AbortSignal | undefined): Promise<Response> {
    this.tokenRequests.push(received)
    const answer = this.#answers.shift() ?? {}
    if (answer.delayMs !== undefined) await this.#wait(answer.delayMs, signal)
    if (answer.error) throw answer.error
    const body = answer.body ?? { access_token: `access-${++this.#issued}`, ...this.defaults }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'content-type': 'application/json', ...answer.headers }
    return new Response(text, { status: answer.status ?? 200, headers })
  }

  #wait(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.schedule(resolve, delayMs)
      signal?.addEventListener('abort', () => {
        cancel()
        reject(signal.reason)
      })
    })
  }
}

export interface Bench {
  readonly clock: VirtualClock
  readonly server: ScriptedServer
  readonly store: TokenStore
  readonly events: EvergrantEvent[]
  manager(options?: BenchOptions): TokenManager
  users(server?: Partial<AuthorizationServer>, options?: UserTokensOptions): UserTokens
}

export interface BenchOptions extends TokenManagerOptions {
  readonly grant?: Grant
  readonly server?: Partial<AuthorizationServer>
  readonly clientSecret?: string
  readonly clientId?: string
}

/** A scripted server, a virtual clock, a store, and managers on them. */
export function createBench(): Bench {
  const clock = new VirtualClock()
  const server = new ScriptedServer(clock)
  const store = memoryStore({ clock })
  const events: EvergrantEvent[] = []
  // Every manager has chances of its own: two with the same ids would take each other's writes for their own.
  let seed = 0
  const random = (): (() => number) => seededRandom(++seed)
  const shared = {
    clock,
    store,
    fetch: server.fetch,
    onEvent: (event: EvergrantEvent) => void events.push(event),
  }
  const base = (options: BenchOptions): Authorization => ({
    provider: 'example',
    server: { tokenEndpoint, ...options.server },
    client: {
      clientId: options.clientId ?? 'fake-client',
      authentication: clientSecretPost(options.clientSecret ?? 'fake-client-secret'),
    },
    grant: options.grant ?? clientCredentials(),
    resource: { origins: [new URL(apiUrl).origin], baseUrl: apiUrl },
  })
  return {
    clock,
    server,
    store,
    events,
    manager: ({ grant, server: habits, clientSecret, clientId, ...options } = {}) =>
      createTokenManager(
        base({
          ...(grant && { grant }),
          ...(habits && { server: habits }),
          ...(clientSecret && { clientSecret }),
          ...(clientId && { clientId }),
        }),
        { ...shared, random: random(), ...options },
      ),
    users: (habits, options) => {
      const { grant: _grant, ...rest } = base({ ...(habits && { server: habits }) })
      return createUserTokens(rest, { ...shared, random: random(), ...options })
    },
  }
}

/** What a promise rejected with; undefined if it did not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The error that `fetch` of Node.js throws for a failed connection. */
export function connectionError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) })
}

export const alice: PasswordCredentials = { username: 'fake-alice', password: 'fake-password-a' }
export const bob: PasswordCredentials = { username: 'fake-bob', password: 'fake-password-b' }

/** A scripted token response: an access token of 300 s, and a refresh token if one is named. */
export function tokenOf(name: string, refresh?: string): { body: Record<string, unknown> } {
  const body = {
    access_token: name,
    token_type: 'Bearer',
    expires_in: 300,
    ...(refresh && { refresh_token: refresh }),
  }
  return { body }
}
