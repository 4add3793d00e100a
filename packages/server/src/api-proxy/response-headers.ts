import { hopByHop, listed } from './request-headers.ts'

/** A header: its name in lower case, and its value. */
export type Field = readonly [name: string, value: string]

/** What an API says about its own origin, or to the server in front of it. It would be said about ours. */
const dropped: ReadonlySet<string> = new Set([
  'age',
  // Ours take the place of these four.
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'x-content-type-options',
  'accept-ch',
  'alt-svc',
  'critical-ch',
  'clear-site-data',
  'content-security-policy-report-only',
  'expires',
  'nel',
  'pragma',
  'public-key-pins',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'secure-session-registration',
  'server-timing',
  'service-worker-allowed',
  'set-cookie',
  'set-cookie2',
  'set-login',
  'speculation-rules',
  'strict-transport-security',
  // A browser opens a dialog for a Basic challenge, and the challenge is about the proxy's token, not the page's.
  'www-authenticate',
  'x-lighttpd-send-file',
  'x-sendfile',
])

/** The same in families. Caches have headers of their own for what may be kept, which count before `Cache-Control`. */
const droppedFamilies =
  /^(?:access-control-|proxy-|x-middleware-|x-nextjs-|x-accel-|surrogate-|edge-|:)|[^-]-cache-control$/

/** What every answer carries, in place of what the API says. */
const fixed = Object.entries({
  // What one session may see, no cache shows to another; and a page that was signed out shows nothing of it.
  'cache-control': 'private, no-store',
  'cdn-cache-control': 'no-store',
  // The API's HTML must not run in our origin: neither scripts nor frames nor forms.
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
})

/**
 * Picks those of the API's headers that the client gets, and adds ours. `isDecoded`: the body was decompressed on the way, so the
 * headers that describe it compressed no longer fit.
 * @see RFC 9110 §7.6.1, RFC 9111 §5.2.2
 */
export function responseFields(fields: Iterable<Field>, isDecoded: boolean): Field[] {
  const said: Field[] = []
  const vary: string[] = []
  const named = new Set<string>()
  let isEncoded = false
  for (const field of fields) {
    const [name, value] = field
    if (name === 'connection') for (const other of listed(value)) named.add(other)
    if (name === 'content-encoding') isEncoded = true
    if (name === 'vary') vary.push(value)
    else if (mayPass(field)) said.push(field)
  }
  const isStale = isDecoded && isEncoded
  const passing = said.filter(
    ([name]) => !named.has(name) && !(isStale && (name === 'content-encoding' || name === 'content-length')),
  )
  return [...passing, ...fixed, ['vary', withCookie(vary.join(', '))]]
}

/** Adds the cookies that a session sets. Caching is forbidden already, and `Vary` names the cookie. */
export function addSessionFields(
  fields: Field[],
  session: { readonly writeTo: (headers: Headers) => void },
): void {
  const own = new Headers()
  session.writeTo(own)
  for (const field of own) if (field[0] === 'set-cookie') fields.push(field)
}

function mayPass([name, value]: Field): boolean {
  if (hopByHop.has(name) || dropped.has(name) || droppedFamilies.test(name)) return false
  // A redirect is handed back, a program is not.
  return name !== 'location' || !/^\s*(?!https?:)[a-z][a-z0-9+.-]*:/i.test(value)
}

function withCookie(vary: string): string {
  if (vary === '') return 'Cookie'
  const names = listed(vary)
  return names.has('*') || names.has('cookie') ? vary : `${vary}, Cookie`
}
