/**
 * The headers that reach the API. A list of what may pass and not of what may not: cookies, what frameworks and proxies
 * add for themselves, and whatever comes up next stay here.
 */
const passed: readonly string[] = [
  'accept',
  'accept-language',
  // A page that reloads means the API's caches as well.
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'prefer',
  'range',
  'user-agent',
]

/** Headers that belong to one connection. @see RFC 9110 §7.6.1 */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** What else no option may pass on, and why. */
const refused: Readonly<Record<string, string>> = {
  'accept-encoding': 'the way of sending decides what it can read',
  authorization: 'the proxy sends its own',
  'content-length': 'the proxy counts itself',
  cookie: 'it holds the session',
  expect: 'the proxy answers it itself',
  forwarded: 'anybody can send it',
  host: 'it names this server',
  origin: 'it names the page, and the API must not take the request for one of a browser',
  via: 'anybody can send it',
  'x-evergrant': 'it is for the proxy',
  'x-evergrant-sign-in': 'it is for the proxy',
  'x-real-ip': 'anybody can send it',
}

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i

/** Names what is wrong with the extra headers to pass on, one sentence each. */
export function requestHeaderProblems(names: readonly string[]): string[] {
  if (!Array.isArray(names)) return ['requestHeaders must be a list of header names.']
  return (names as readonly unknown[]).flatMap(given => {
    if (typeof given !== 'string' || !token.test(given)) {
      return [`requestHeaders: ${JSON.stringify(given)} is not the name of a header.`]
    }
    const reason = reasonAgainst(given.toLowerCase())
    return reason === undefined ? [] : [`requestHeaders: ${given} is never passed on: ${reason}.`]
  })
}

function reasonAgainst(name: string): string | undefined {
  if (Object.hasOwn(refused, name)) return refused[name]
  if (hopByHop.has(name) || name.startsWith('proxy-')) return 'it belongs to one connection'
  if (name.startsWith('x-forwarded-')) return 'anybody can send it'
  if (name.startsWith('sec-')) return 'it is between the browser and this server'
  return name.startsWith('x-middleware-') ? 'it steers the framework' : undefined
}

/**
 * The names to pass on: the standard ones and `extra`, in lower case. `accept-encoding` is among them only if compressed
 * answers pass as they are.
 */
export function passedHeaderNames(extra: readonly string[], isRaw: boolean): readonly string[] {
  const names = [...passed, ...extra.map(name => name.toLowerCase())]
  return [...new Set(isRaw ? [...names, 'accept-encoding'] : names)]
}

/** Picks the headers to send. A name that the client lists in `Connection` was meant for this hop, and stays. */
export function pickRequestHeaders(headers: Headers, names: readonly string[]): Record<string, string> {
  const connection = headers.get('connection')
  const dropped =
    connection === null || /^(keep-alive|close)$/i.test(connection) ? undefined : listed(connection)
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers.get(name)
    if (value !== null && dropped?.has(name) !== true) picked[name] = value
  }
  return picked
}

/** The names in a comma-separated header, in lower case. */
export function listed(value: string): ReadonlySet<string> {
  return new Set(value.split(',').map(name => name.trim().toLowerCase()))
}
