const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308]
const ofTheBody = [
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
]
const ofTheOrigin = ['authorization', 'proxy-authorization', 'cookie', 'host']

/**
 * Returns the request that follows a redirect, or undefined when there is nothing to follow. `unread` is the request
 * whose answer it was, its body unread. Like the platform's `fetch`, it re-sends the body on 307 and 308, even to
 * another origin, and drops only `Authorization` and cookies there: a careless client leaks its secret to the
 * emulator as it would outside.
 * @throws {TypeError} redirects are errors (`redirect: 'error'`), or the location is no URL of http
 * @see Fetch Standard, "HTTP-redirect fetch"
 */
export function redirected(unread: Request, response: Response): Request | undefined {
  const location = response.headers.get('location')
  if (!redirectStatuses.includes(response.status) || unread.redirect === 'manual') return undefined
  if (unread.redirect === 'error') throw failed('unexpected redirect')
  if (location === null) return undefined
  if (!URL.canParse(location, unread.url)) throw failed('invalid redirect URL')
  const target = new URL(location, unread.url)
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw failed('URL scheme must be a HTTP(S) scheme')
  const { status } = response
  const isPost = unread.method === 'POST'
  const isRead = unread.method === 'GET' || unread.method === 'HEAD'
  const becomesGet = (status <= 302 && isPost) || (status === 303 && !isRead)
  const headers = new Headers(unread.headers)
  if (becomesGet) for (const name of ofTheBody) headers.delete(name)
  if (target.origin !== new URL(unread.url).origin) for (const name of ofTheOrigin) headers.delete(name)
  const { signal } = unread
  if (becomesGet) return new Request(target, { method: 'GET', headers, signal })
  const { body, method } = unread
  // `duplex` is demanded for streams, and missing from the DOM's types.
  const init = { method, headers, signal, body, duplex: 'half' }
  return new Request(target, init)
}

function failed(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) })
}
