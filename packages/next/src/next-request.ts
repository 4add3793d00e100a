import type { RequestLike, RequestPlace, SessionCookie } from '@evergrant/server'
import { cookies, headers } from 'next/headers.js'
import { connection } from 'next/server.js'

/** A cookie that nobody sets. Removing it changes nothing, but tells whether cookies can be set here. */
const probe = 'evergrant-probe'

const known = new WeakMap<Headers, NextRequestPlace>()

/** The request that Next is serving, as server components, server actions and route handlers see it. */
export class NextRequestPlace implements RequestPlace {
  readonly advice =
    'Call it in a server action or a route handler: Next lets server components read cookies only.'
  /** The request as it came: the same object for the same request, so that it has one session. */
  readonly request: RequestLike

  /** Use {@link nextRequest}. */
  constructor(received: Headers) {
    this.request = { headers: received }
  }

  /**
   * Tells whether cookies can be set here: in server actions and route handlers. Next says so only when one is set, and
   * in a component it throws before anything has changed.
   */
  readonly canSetCookies = async (): Promise<boolean> => {
    const jar = await cookies()
    try {
      jar.delete(probe)
      return true
    } catch {
      return false
    }
  }

  /** Sets cookies. Where that is too late nothing happens. */
  readonly setCookies = async (changes: readonly SessionCookie[]): Promise<void> => {
    const jar = await cookies()
    try {
      for (const { name, value, maxAge, isSecure, sameSite } of changes) {
        jar.set({ name, value, maxAge, sameSite, secure: isSecure, httpOnly: true, path: '/' })
      }
    } catch {
      // A call that nobody awaited, and the page is being rendered. The next request finds the new tokens in the store.
    }
  }
}

/** The request that Next is serving. Whatever asks for it is rendered for each request, and not when Next fetches ahead. */
export async function nextRequest(): Promise<NextRequestPlace> {
  // Headers alone are there for a prefetch as well, which must neither refresh nor look at the clock.
  await connection()
  const received = await headers()
  const place = known.get(received) ?? new NextRequestPlace(received)
  known.set(received, place)
  return place
}
