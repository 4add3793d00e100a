import { createAuthTokens, travisSignIn } from '@evergrant/authjs'
import type { AuthTokens } from '@evergrant/authjs'

// One for the process: Next loads this file once for pages and once for route handlers, and all have to share refreshes.
const key = Symbol.for('@evergrant/app-authjs')
const shared = globalThis as { [key]?: AuthTokens }

/** The tokens of TRAVIS customers. Made at the first request, so that a build needs no credentials. */
export function tokens(): AuthTokens {
  return (shared[key] ??= createAuthTokens({
    signIns: [
      travisSignIn({
        clientId: setting('TRAVIS_CLIENT_ID'),
        clientSecret: setting('TRAVIS_CLIENT_SECRET'),
        tokenEndpoint: setting('TRAVIS_TOKEN_ENDPOINT'),
        apiUrl: setting('TRAVIS_API_URL'),
      }),
    ],
    // It would say that tokens are in memory; the README does. And an outage is what the demo is for.
    onNotice: () => undefined,
    onError: () => undefined,
  }))
}

export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`Set ${name}, or start the demo with start.js.`)
  return value
}
