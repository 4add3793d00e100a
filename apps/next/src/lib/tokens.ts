import { createTokenManager } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { travis, truphone } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { Sessions } from '@evergrant/server'

/** Whose tokens this application holds: customers who sign in to TRAVIS, and its own at Truphone Connect. */
interface Tokens {
  sessions?: Sessions
  truphone?: TokenManager
}

// One for the process: Next loads this file once for pages, once for route handlers and once for proxy.ts, and all of
// them have to share refreshes and events.
const key = Symbol.for('@evergrant/app-next')
const shared = globalThis as { [key]?: Tokens }
const tokens: Tokens = (shared[key] ??= {})

/**
 * Returns the sessions of TRAVIS customers. They are made at the first request, so that a build needs no credentials.
 * @throws {ConfigurationError} the environment lacks something; every variable is named
 */
export function sessions(): Sessions {
  return (tokens.sessions ??= createSessions({
    authorization: travis.customers.fromEnv(),
    tokensIn: 'store',
    // The demo is built for production and served as plain http on this machine, where browsers refuse `Secure` cookies.
    // On any other host the cookie stays `Secure`.
    allowInsecureLoopback: true,
    // It would say that sessions are in memory; the README does.
    onNotice: () => undefined,
  }))
}

/**
 * Returns the application's own tokens at Truphone Connect. Only server components use them.
 * @throws {ConfigurationError} the environment lacks something; every variable is named
 */
export function simCardTokens(): TokenManager {
  return (tokens.truphone ??= createTokenManager(truphone.fromEnv()))
}

/** Where the TRAVIS API is, for the proxy. TRAVIS documents no address. */
export function travisApiUrl(): string {
  return process.env['TRAVIS_API_URL'] ?? ''
}
