import { isLoopbackHost } from './loopback-host.ts'

/** The header that every request to these routes carries, with the value `1`: no form and no foreign page can send it. */
export const requestHeaderName = 'x-evergrant'

/** The header in which a page may name the sign-in that it shows (`signInId`); a proxy answers 409 if it is another now. */
export const signInHeaderName = 'x-evergrant-sign-in'

/** What the guard looks at. A web `Request` is one. */
export interface GuardedRequest {
  readonly method: string
  readonly headers: Headers
  readonly url: string
}

/** What the guard is told. */
export interface RequestGuardOptions {
  /**
   * The origins that pages may send from, such as `https://app.example.com`. Absent: the request's own, which is its
   * `Host` header. Name them where a proxy in front changes `Host`.
   */
  readonly origins?: readonly string[] | undefined
  /** Whether GET and HEAD pass with `Sec-Fetch-Site: same-origin` in place of the header, as images and streams need it. */
  readonly allowsReadsWithoutHeader: boolean
}

/** Why a request is not served. The message is for whoever writes the page; it repeats nothing of the request. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/**
 * Decides whether a request comes from a script of this site. Returns the refusal, or undefined where it may pass.
 * Reads neither body nor cookies, and never believes `X-Forwarded-Host`.
 * @see RFC 6454 §7, https://www.w3.org/TR/fetch-metadata/, RFC 10017 §6.1.3.3
 */
export function checkBrowserRequest(
  request: GuardedRequest,
  { origins, allowsReadsWithoutHeader }: RequestGuardOptions,
): Refusal | undefined {
  const { method, headers } = request
  const refusal = checkRequestOrigin(request, origins)
  if (refusal !== undefined) return refusal
  const isSameOrigin = headers.get('sec-fetch-site') === 'same-origin'
  if (!isRead(method) && !headers.has('origin') && !isSameOrigin) return originMissing
  if (headers.get(requestHeaderName) === '1') return undefined
  return allowsReadsWithoutHeader && isRead(method) && isSameOrigin ? undefined : headerMissing
}

/**
 * Refuses what a browser says to come from another site; what says nothing passes. Alone it is enough only for reads
 * that use no cookie.
 */
export function checkRequestOrigin(
  request: GuardedRequest,
  origins: readonly string[] | undefined,
): Refusal | undefined {
  const { method, headers } = request
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  if (site !== null && site !== 'same-origin' && !(site === 'none' && isRead(method))) return crossSite
  return origin === null || isOwnOrigin(origin, request, origins) ? undefined : foreignOrigin
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

const crossSite: Refusal = {
  status: 403,
  code: 'cross_site_request',
  message: 'Only pages of this site may send this request: Sec-Fetch-Site is not same-origin.',
}

const foreignOrigin: Refusal = {
  status: 403,
  code: 'foreign_origin',
  message:
    'The Origin of the request is not this site. If a proxy in front of the server changes the Host header, name the ' +
    'origins of your pages in the option origins.',
}

const originMissing: Refusal = {
  status: 403,
  code: 'origin_missing',
  message:
    'The request says neither by Origin nor by Sec-Fetch-Site: same-origin that a page of this site sends it.',
}

const headerMissing: Refusal = {
  status: 403,
  code: 'header_missing',
  message: `The request must carry the header ${requestHeaderName}: 1.`,
}

function isOwnOrigin(
  text: string,
  { headers, url }: GuardedRequest,
  origins: readonly string[] | undefined,
): boolean {
  if (origins !== undefined) return origins.includes(text)
  const origin = URL.canParse(text) ? new URL(text) : undefined
  const own = URL.canParse(url) ? new URL(url) : undefined
  if (origin === undefined) return false
  const host = headers.get('host') ?? own?.host
  // Parsed under the same scheme, so that a default port counts as none. A host that is more than a host is none.
  const expected = `${origin.protocol}//${host}`
  if (host === undefined || !/^[^\s/?#@\\]+$/.test(host) || !URL.canParse(expected)) return false
  // Compared as it was sent: `null`, capital letters or a path come from no browser's page.
  return new URL(expected).origin === text && isOwnScheme(origin, own)
}

// Behind a proxy that ends TLS the URL says http. The other way round, a page without TLS is not this site.
function isOwnScheme({ protocol, hostname }: URL, own: URL | undefined): boolean {
  if (protocol === 'https:') return true
  return protocol === 'http:' && (isLoopbackHost(hostname) || own?.protocol === 'http:')
}

/** Names what is wrong with an option `origins`, one sentence each; empty where it is absent or can be used. */
export function originProblems(origins: readonly string[] | undefined): string[] {
  if (origins === undefined) return []
  if (!Array.isArray(origins) || origins.length === 0) {
    return [
      'origins must be a list with at least one origin such as https://app.example.com, or be left out.',
    ]
  }
  return (origins as readonly unknown[]).flatMap((origin, index) => {
    const isUsable =
      typeof origin === 'string' && /^https?:\/\/[^*]+$/.test(origin) && parsedOrigin(origin) === origin
    if (isUsable) return []
    const must = 'must be an origin such as https://app.example.com'
    return [
      `origins[${index}] ${must}: in lower case, without path, slash at the end, default port or wildcard.`,
    ]
  })
}

function parsedOrigin(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined
}
