import type { Clock } from '@evergrant/core'
import { isEvergrantError, NetworkError } from '@evergrant/core/source'
import { malformed, routeError } from './route-error.ts'

/** Who is signed in, as the server says. */
export type ServerSession =
  | { readonly status: 'unauthenticated'; readonly mode: BrowserMode }
  | {
      readonly status: 'authenticated'
      readonly mode: BrowserMode
      readonly signInId: string
      readonly username: string | undefined
    }

/** Who holds the access token: the server, which sends requests itself, or this page. */
export type BrowserMode = 'proxy' | 'mediated'

/** Whether two answers are about the same sign-in in the same mode. */
export function isSameSession(before: ServerSession | undefined, next: ServerSession): boolean {
  if (before?.status !== next.status || before.mode !== next.mode) return false
  return before.status === 'unauthenticated' || before.signInId === (next as typeof before).signInId
}

/** What is asked of the token route. */
export interface TokenQuestion {
  readonly signInId: string
  readonly scope?: string | undefined
  readonly minTtlMs?: number | undefined
  readonly forceRefresh?: boolean | undefined
}

/** What the token route answers. */
export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresInMs: number | undefined
  readonly scope: string | undefined
  readonly signInId: string
}

/** What the routes are reached with. */
export interface AuthRoutesOptions {
  /** Returns the absolute URL that the routes live below, with a slash at its end. */
  readonly endpoint: () => URL
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** How long one request may take with its body, in milliseconds. */
  readonly timeoutMs: number
}

type Members = Readonly<Record<string, unknown>>

/** The auth routes of `@evergrant/server`. Nothing that comes back is believed before it was looked at. */
export class AuthRoutes {
  readonly #options: AuthRoutesOptions

  constructor(options: AuthRoutesOptions) {
    this.#options = options
  }

  /** Asks who is signed in. */
  session(): Promise<ServerSession> {
    return this.#ask('session', undefined, readSession)
  }

  /** Signs somebody in. */
  signIn(username: string, password: string): Promise<ServerSession> {
    return this.#ask('sign-in', { username, password }, readSession)
  }

  /** Ends the session; tells whether the provider confirmed it. */
  signOut(): Promise<boolean> {
    return this.#ask('sign-out', {}, ({ status, isProviderSessionEnded }) =>
      status === 'unauthenticated' ? isProviderSessionEnded === true : undefined,
    )
  }

  /** Asks for an access token. */
  token(question: TokenQuestion): Promise<TokenAnswer> {
    return this.#ask('token', question, readToken)
  }

  async #ask<T>(
    name: string,
    body: object | undefined,
    read: (members: Members) => T | undefined,
  ): Promise<T> {
    const { endpoint, fetch, clock, timeoutMs } = this.#options
    const url = new URL(name, endpoint())
    const route = url.origin + url.pathname
    const timeout = new AbortController()
    const cancel = clock.schedule(() => timeout.abort(), timeoutMs, { keepsAlive: true })
    try {
      const response = await fetch(url.href, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-evergrant': '1', ...(body && { 'content-type': 'application/json' }) },
        // A password must not follow a redirect, and no cache may answer.
        redirect: 'error',
        cache: 'no-store',
        credentials: 'same-origin',
        signal: timeout.signal,
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const answer = response.ok ? read(parse(text)) : undefined
      if (answer !== undefined) return answer
      throw response.ok ? malformed(route, response.status) : refusalOf(route, response, text, clock)
    } catch (error) {
      if (isEvergrantError(error)) throw error
      const isLate = timeout.signal.aborted
      throw new NetworkError(`No answer from ${route}. Evergrant will try again.`, {
        code: isLate ? 'network_timeout' : 'network_error',
        wasSent: true,
      })
    } finally {
      cancel()
    }
  }
}

function refusalOf(route: string, { status, headers }: Response, text: string, clock: Clock): Error {
  const { code, message } = objectOf(parse(text)['error'])
  const isOwn = typeof code === 'string' && typeof message === 'string'
  return routeError({
    route,
    status,
    code: isOwn ? code : undefined,
    message: isOwn ? message.slice(0, 500) : '',
    retryAt: readRetryAfter(headers.get('retry-after'), clock),
  })
}

/** When a `Retry-After` asks to come back, in epoch milliseconds of `clock`. @see RFC 9110 §10.2.3 */
function readRetryAfter(text: string | null, clock: Clock): number | undefined {
  if (text === null) return undefined
  const at = /^\d{1,9}$/.test(text) ? clock.wall() + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

function readSession({ status, mode, signInId, username }: Members): ServerSession | undefined {
  if (mode !== 'proxy' && mode !== 'mediated') return undefined
  if (status === 'unauthenticated') return { status, mode }
  if (status !== 'authenticated' || !isName(signInId)) return undefined
  return { status, mode, signInId, username: typeof username === 'string' ? username : undefined }
}

function readToken({ accessToken, expiresInMs, scope, signInId }: Members): TokenAnswer | undefined {
  if (!isToken(accessToken) || !isName(signInId)) return undefined
  // A token that has ended already would be asked for again and again.
  if (expiresInMs !== undefined && !(typeof expiresInMs === 'number' && expiresInMs > 0)) return undefined
  return { accessToken, expiresInMs, scope: typeof scope === 'string' ? scope : undefined, signInId }
}

/** Whether a value can be the id of a sign-in, which travels in a header. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value)
}

/** Whether a value can be an access token. @see RFC 6750 §2.1 */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

/** The value as an object; empty where it is none. */
export function objectOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

function parse(text: string): Members {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    // What the parser says quotes the body, and with it the token.
    return {}
  }
}
