import type { RequestLike, SessionCookie } from '@evergrant/server'
import { cookies, headers } from 'next/headers.js'
import { connection } from 'next/server.js'
import { cookieHeaderAfter } from './cookie-header.ts'

/** A cookie that nobody sets. Removing it changes nothing, but tells whether cookies can be set here. */
const probe = 'evergrant-probe'

const known = new WeakMap<Headers, NextRequestPlace>()

/** The request that Next is serving, as server components, server actions and route handlers see it. */
export class NextRequestPlace {
  /** The request as it came: the same object for the same request, so that it has one session. */
  readonly request: RequestLike

  /** Use {@link nextRequest}. */
  constructor(received: Headers) {
    this.request = { headers: received }
  }

  /** The request with cookies that its answer sets: an action changes them, and the page is rendered after it. */
  after(changes: readonly SessionCookie[]): RequestLike {
    const changed = new Headers(this.request.headers)
    const cookie = cookieHeaderAfter(changed.get('cookie'), changes)
    if (cookie === undefined) changed.delete('cookie')
    else changed.set('cookie', cookie)
    return { headers: changed }
  }

  /**
   * Tells whether cookies can be set here: in server actions and route handlers. Next says so only when one is set, and
   * in a component it throws before anything has changed.
   */
  async canSetCookies(): Promise<boolean> {
    const jar = await cookies()
    try {
      jar.delete(probe)
      return true
    } catch {
      return false
    }
  }

  /** Sets cookies. Where that is too late nothing happens. */
  async setCookies(changes: readonly SessionCookie[]): Promise<void> {
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
