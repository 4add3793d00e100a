import type { Clock } from '@evergrant/core'
import { isEvergrantError, NetworkError } from '@evergrant/core/source'
import { malformed, routeError } from './route-error.ts'
import { objectOf } from './untrusted.ts'
import type { Members } from './untrusted.ts'

/** What the routes are reached with. */
export interface AuthRoutesOptions {
  /** Returns the absolute URL that the routes live below, with a slash at its end. */
  readonly endpoint: () => URL
  readonly send: typeof globalThis.fetch
  readonly clock: Clock
  /** How long one request may take with its body, in milliseconds. */
  readonly timeoutMs: number
}

/** Asks one of the auth routes: with a body it is a POST. `read` returns undefined for what is no answer of it. */
export type AskRoute = <T>(
  name: 'session' | 'sign-in' | 'sign-out' | 'token',
  body: object | undefined,
  read: (members: Members) => T | undefined,
) => Promise<T>

/** Reaches the auth routes of `@evergrant/server`. Nothing that comes back is believed before it was looked at. */
export function createAskRoute({ endpoint, send, clock, timeoutMs }: AuthRoutesOptions): AskRoute {
  return async (name, body, read) => {
    const url = new URL(name, endpoint())
    const route = url.origin + url.pathname
    const timeout = new AbortController()
    const cancel = clock.schedule(() => timeout.abort(), timeoutMs, { keepsAlive: true })
    try {
      const response = await send(url.href, {
        headers: { 'x-evergrant': '1', ...(body && { 'content-type': 'application/json' }) },
        // A password must not follow a redirect, and no cache may answer.
        redirect: 'error',
        cache: 'no-store',
        credentials: 'same-origin',
        signal: timeout.signal,
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      const members = parse(await response.text())
      if (!response.ok) throw refusalOf(route, response, members, clock)
      const answer = read(members)
      if (answer === undefined) throw malformed(route, response.status)
      return answer
    } catch (error) {
      if (isEvergrantError(error)) throw error
      throw new NetworkError(`No answer from ${route}. Evergrant will try again.`, {
        code: timeout.signal.aborted ? 'network_timeout' : 'network_error',
        wasSent: true,
      })
    } finally {
      cancel()
    }
  }
}

function refusalOf(route: string, { status, headers }: Response, members: Members, clock: Clock): Error {
  const { code, message } = objectOf(members['error'])
  const isOwn = typeof code === 'string' && typeof message === 'string'
  return routeError({
    route,
    status,
    code: isOwn ? code : undefined,
    message: isOwn ? message.slice(0, 500) : '',
    retryAt: readRetryAt(headers.get('retry-after'), clock),
  })
}

/** When a `Retry-After` asks to come back, in epoch milliseconds of `clock`. @see RFC 9110 §10.2.3 */
function readRetryAt(text: string | null, clock: Clock): number | undefined {
  if (text === null) return undefined
  const at = /^\d{1,9}$/.test(text) ? clock.wall() + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

function parse(text: string): Members {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    // What the parser says quotes the body, and with it the token.
    return {}
  }
}
