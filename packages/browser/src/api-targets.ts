import { ConfigurationError, OriginNotAllowedError } from '@evergrant/core/source'
import type { BrowserMode } from './server-session.ts'

/** The API that requests are for. */
export interface BrowserApi {
  /** Its base URL, absolute. */
  readonly baseUrl: string
  /** Where else the access token may be sent. Default: the origin of `baseUrl` alone. */
  readonly origins?: readonly string[] | undefined
}

/** Decides where a request goes, in each mode. */
export class ApiTargets {
  readonly #proxy: (() => URL) | undefined
  readonly #api: BrowserApi | undefined

  /** `proxy` returns the absolute URL of the API proxy. */
  constructor(proxy: (() => URL) | undefined, api: BrowserApi | undefined) {
    this.#proxy = proxy
    this.#api = api
  }

  /**
   * Refuses what could go nowhere in either mode, before anybody is asked for the mode.
   * @throws {OriginNotAllowedError} the URL is neither the API's nor the proxy's
   * @throws {ConfigurationError} neither is configured
   */
  check(input: string | URL): void {
    if (this.#proxy === undefined) return void this.resolve(input, 'mediated')
    try {
      this.resolve(input, 'proxy')
    } catch (error) {
      if (this.#api === undefined) throw error
      this.resolve(input, 'mediated')
    }
  }

  /** Resolves a URL for the mode; a relative one, with or without a leading slash, stays below the base. */
  resolve(input: string | URL, mode: BrowserMode): string {
    const url = mode === 'proxy' ? this.#toProxy(input) : this.#toApi(input)
    // fetch refuses such a URL too, with a message that shows the password.
    if (url.username !== '' || url.password !== '') throw notAllowed('URLs without a user name and password')
    return url.href
  }

  #toProxy(input: string | URL): URL {
    if (this.#proxy === undefined) throw missing('proxy', 'the path of your API proxy')
    const proxy = this.#proxy()
    const absolute = absoluteUrl(input)
    if (absolute === undefined) return resolveBelow(proxy, String(input))
    if (isBelow(absolute, proxy)) return absolute
    const base = this.#api && directory(this.#api.baseUrl)
    if (base === undefined || !isBelow(absolute, base)) throw notAllowed(proxy.href)
    const rest = absolute.pathname.slice(base.pathname.length)
    return resolveBelow(proxy, `./${rest}${absolute.search}`)
  }

  #toApi(input: string | URL): URL {
    if (this.#api === undefined) throw missing('api', 'the base URL of the API')
    const base = directory(this.#api.baseUrl)
    const absolute = absoluteUrl(input)
    if (absolute === undefined) return resolveBelow(base, String(input))
    const origins = this.#api.origins ?? [base.origin]
    // A blob: URL has the origin of a page, too.
    const isAllowed = /^https?:$/.test(absolute.protocol) && origins.includes(absolute.origin)
    if (!isAllowed) throw notAllowed(origins.join(', '))
    return absolute
  }
}

/** The URL with a slash at its end, so that other URLs can be below it. */
export function directory(url: string, base?: string): URL {
  const absolute = new URL(url, base)
  if (!absolute.pathname.endsWith('/')) absolute.pathname += '/'
  absolute.search = absolute.hash = ''
  return absolute
}

function absoluteUrl(input: string | URL): URL | undefined {
  return URL.canParse(input) ? new URL(input) : undefined
}

function resolveBelow(base: URL, path: string): URL {
  // "//host" and "\\host" name another host, also with a tab or a line break inside, which URLs drop.
  const relative = /^\/(?![/\\\t\n\r])/.test(path) ? `.${path}` : path
  const url = URL.canParse(relative, base) ? new URL(relative, base) : undefined
  if (url === undefined || !isBelow(url, base)) throw notAllowed(base.href)
  return url
}

// Some servers decode "%2F" before they resolve "..", so it is resolved here as well.
function isBelow(url: URL, base: URL): boolean {
  if (url.origin !== base.origin) return false
  const plain = url.pathname.replace(/%2f|%5c/gi, '/').replace(/^\/+/, '/')
  return [url, new URL(plain, base)].every(({ pathname }) => pathname.startsWith(base.pathname))
}

function notAllowed(where: string): OriginNotAllowedError {
  return new OriginNotAllowedError(`Requests go to ${where} only. Nothing was sent.`)
}

function missing(option: string, what: string): ConfigurationError {
  return new ConfigurationError('createBrowserTokens cannot send requests', [
    `Configure the option ${option}: ${what}.`,
  ])
}
