import { ConfigurationError, InvalidSessionError } from '@evergrant/core'
import { parse, serialize } from 'cookie-es'
import { isLoopbackHost } from './loopback-host.ts'
import type { RequestLike, SessionCookie } from './request-session.ts'
import type { ResolvedSessionOptions } from './session-options.ts'

/** Which cookie serves a request. */
export interface CookieKind {
  readonly name: string
  readonly isSecure: boolean
}

type KindOptions = Pick<ResolvedSessionOptions, 'cookieName' | 'allowInsecureLoopback'>

/** Chooses the cookie of a request: the `__Host-` one, unless the page is plain http on this machine and that is allowed. */
export function cookieKindOf(request: RequestLike, options: KindOptions): CookieKind {
  const isPlain = options.allowInsecureLoopback && isInsecureLoopback(request)
  return isPlain
    ? { name: `${options.cookieName}-development`, isSecure: false }
    : { name: `__Host-${options.cookieName}`, isSecure: true }
}

function isInsecureLoopback({ headers, url }: RequestLike): boolean {
  const own = url !== undefined && URL.canParse(url) ? new URL(url) : undefined
  const host = headers.get('host') ?? own?.host ?? ''
  const asUrl = `http://${host}`
  if (!URL.canParse(asUrl) || !isLoopbackHost(new URL(asUrl).hostname)) return false
  return own?.protocol !== 'https:' && !/^https\b/i.test(headers.get('x-forwarded-proto') ?? '')
}

/**
 * Sees to it that the browser will keep the cookie: it drops `Secure` ones of pages that came over plain http, and the
 * sign-in would be lost without a word. The `Origin` is what the browser itself says about its page.
 * @throws {ConfigurationError} the page came over plain http
 */
export function assertCookieIsKept({ isSecure }: CookieKind, { headers }: RequestLike): void {
  const origin = headers.get('origin') ?? ''
  if (!isSecure || !origin.startsWith('http://')) return
  throw new ConfigurationError('The session cookie would be lost', [
    URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname)
      ? 'The page is plain http on this machine, where browsers refuse __Host- cookies. Serve it over https, or set allowInsecureLoopback: true (never where others can reach it).'
      : 'The page came over plain http, where browsers refuse __Host- cookies. Serve it over https.',
  ])
}

/** The session's cookies that a request presents, by name: the one of that name, and those that begin with it and a dot. */
export type PresentedCookies = ReadonlyMap<string, string>

/** The names of the session's cookies that a request presents, each once. */
export function cookieNames({ headers }: RequestLike, name: string): string[] {
  const text = headers.get('cookie') ?? ''
  const names = text.split(';').map(pair => pair.split('=')[0]?.trim() ?? '')
  return [...new Set(names)].filter(key => key === name || key.startsWith(`${name}.`))
}

/**
 * Reads the session's cookies.
 * @throws {InvalidSessionError} a name comes twice: which one is meant cannot be known
 */
export function readSessionCookies({ headers }: RequestLike, name: string): PresentedCookies {
  const cookies = parse(headers.get('cookie') ?? '', {
    allowMultiple: true,
    decode: value => value,
    filter: key => key === name || key.startsWith(`${name}.`),
  })
  return new Map(
    Object.entries(cookies).map(([key, value]) => {
      if (typeof value === 'string') return [key, value] as const
      throw new InvalidSessionError(
        `The request carries the cookie ${key} twice, and which one is meant cannot be known. Delete the cookies of this site.`,
      )
    }),
  )
}

/** The text of a `Set-Cookie` header. @see RFC 6265 §4.1 */
function serializeCookie({ name, value, maxAge, isSecure, sameSite }: SessionCookie): string {
  return serialize(name, value, {
    encode: text => text,
    httpOnly: true,
    maxAge,
    path: '/',
    sameSite,
    secure: isSecure,
  })
}

/** Adds cookies to an answer's headers, and forbids caches to keep such an answer. @see RFC 9111 §5.2.2.5 */
export function writeCookies(headers: Headers, cookies: readonly SessionCookie[]): void {
  addVary(headers)
  if (cookies.length === 0) return
  for (const cookie of cookies) headers.append('set-cookie', serializeCookie(cookie))
  headers.set('cache-control', 'private, no-store')
  // Some CDNs look at their own header first.
  headers.set('cdn-cache-control', 'no-store')
}

function addVary(headers: Headers): void {
  const vary = headers.get('vary')
  if (vary === null) headers.set('vary', 'Cookie')
  else if (!/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) headers.append('vary', 'Cookie')
}
