import type { BrowserTokens } from './browser-tokens.ts'
import { Keepers } from './keepers.ts'
import { checkOptions } from './options.ts'
import type { BrowserTokensOptions } from './options.ts'
import { PageTokens } from './page-tokens.ts'

/**
 * Makes the access tokens of a page, over the routes of `@evergrant/server`. Nothing happens before the first call or
 * subscriber, so it can be made where a server renders; listeners, channel and timers end half a minute after the last.
 * @throws {ConfigurationError} an option cannot work
 * @see RFC 10017 §6.1, §6.2
 * @example
 * const tokens = createBrowserTokens({ proxy: '/api/travis/' })
 * await tokens.signIn({ username, password })
 * const vehicles = await tokens.fetch('vehicles')
 */
export function createBrowserTokens(options: BrowserTokensOptions = {}): BrowserTokens {
  checkOptions(options)
  return new PageTokens(options, parts => new Keepers(parts))
}
