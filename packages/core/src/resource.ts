import type { Resource } from './authorization.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { OriginNotAllowedError } from './errors/origin-not-allowed-error.ts'

/**
 * Resolves a URL and refuses it unless the access token may go there. A relative URL, with or without a leading slash,
 * stays below the API's base.
 * @throws {OriginNotAllowedError} the URL leaves the allowed origins or names a user, or a relative one leaves the base
 * @throws {ConfigurationError} no origin is configured, or a relative URL has no base
 */
export function resolveUrl(resource: Resource, input: string | URL, provider: string): URL {
  if (resource.origins.length === 0) {
    const problem = resource.missing ?? 'Configure where the access token may be sent.'
    throw new ConfigurationError(`${provider} cannot send requests`, [problem])
  }
  const absolute = URL.canParse(input) ? new URL(input) : undefined
  const url = absolute ?? resolveRelative(resource, String(input), provider)
  // A blob: URL has the origin of a page, too.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OriginNotAllowedError(`${provider} sends requests by http and https only. Nothing was sent.`)
  }
  // fetch refuses such a URL too, with a message that shows the password.
  if (url.username !== '' || url.password !== '') {
    throw new OriginNotAllowedError(
      `${provider} sends no request to a URL with a user name or password. Nothing was sent.`,
    )
  }
  if (!resource.origins.some(origin => URL.canParse(origin) && new URL(origin).origin === url.origin)) {
    throw new OriginNotAllowedError(
      `${provider} sends its access token to ${resource.origins.join(', ')} only, not to ${url.origin}. Nothing was sent.`,
    )
  }
  return url
}

function resolveRelative({ baseUrl }: Resource, path: string, provider: string): URL {
  if (baseUrl === undefined) {
    throw new ConfigurationError(`${provider} cannot resolve a relative URL`, [
      'Configure a baseUrl, or pass an absolute URL.',
    ])
  }
  const base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`)
  // "//host" and "\\host" would name another host: only one leading slash is taken off.
  const url = new URL(/^\/(?![/\\])/.test(path) ? path.slice(1) : path, base)
  if (url.origin === base.origin && !isBelow(url, base)) {
    throw new OriginNotAllowedError(`${provider} resolves paths below ${base.href} only. Nothing was sent.`)
  }
  return url
}

// Some servers decode "%2F" before they resolve "..", so it is resolved here as well.
function isBelow(url: URL, base: URL): boolean {
  const decoded = new URL(url.pathname.replace(/%2f/gi, '/').replace(/%5c/gi, '/').replace(/^\/+/, '/'), url)
  return url.pathname.startsWith(base.pathname) && decoded.pathname.startsWith(base.pathname)
}
