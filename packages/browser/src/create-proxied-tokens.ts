import { ConfigurationError } from '@evergrant/core/source'
import type { BrowserTokens } from './browser-tokens.ts'
import { checkOptions } from './options.ts'
import type { BrowserTokensOptions } from './options.ts'
import { PageTokens } from './page-tokens.ts'

/**
 * As `createBrowserTokens` of `@evergrant/browser`, for proxy mode alone: without what keeps tokens in the page, it is
 * smaller. A server that hands tokens out is refused: the status is `error`, and calls reject.
 * @throws {ConfigurationError} an option cannot work
 * @see RFC 10017 §6.1
 */
export function createBrowserTokens(options: BrowserTokensOptions = {}): BrowserTokens {
  checkOptions(options)
  return new PageTokens(options, refuse)
}

function refuse(): never {
  throw new ConfigurationError('@evergrant/browser/proxy works in proxy mode alone', [
    'The server hands tokens out (tokenMediation). Import createBrowserTokens of @evergrant/browser itself.',
  ])
}
