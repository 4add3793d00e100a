import { cookieHeaderAfter } from './cookie-header.ts'
import type { RequestLike, SessionCookie } from './request-session.ts'

/**
 * Where code stands that serves a request without holding its answer, as in frameworks that render: cookies can be set in
 * some places and not in others, and only the framework knows.
 */
export interface RequestPlace {
  /** The request as it came: the same object for the same request, so that it has one session. */
  readonly request: RequestLike
  /** Tells whether cookies can be set here. */
  readonly canSetCookies: () => Promise<boolean>
  /** Sets cookies. Where that is too late nothing happens. */
  readonly setCookies: (cookies: readonly SessionCookie[]) => Promise<void>
  /** A sentence for whoever tries where cookies cannot be set: where they can be. */
  readonly advice: string
}

/** The request as it were with cookies that its answer sets: what an action changes, a page rendered after it reads. */
export function requestAfter(request: RequestLike, changes: readonly SessionCookie[]): RequestLike {
  if (changes.length === 0) return request
  const headers = new Headers(request.headers)
  const cookie = cookieHeaderAfter(headers.get('cookie'), changes)
  if (cookie === undefined) headers.delete('cookie')
  else headers.set('cookie', cookie)
  return { headers }
}
