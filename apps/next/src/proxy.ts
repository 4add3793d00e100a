import { withTokens } from '@evergrant/next'
import { NextResponse } from 'next/server'
import type { NextFetchEvent, NextRequest } from 'next/server'
import { isConfigurationError } from '@evergrant/core'
import { contentSecurityPolicy } from './lib/content-security-policy.ts'
import { sessions } from './lib/tokens.ts'

/** Gives each page a policy of its own, which lets Next's scripts run and no other. */
function protect(request: NextRequest): Response {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  // Next takes the nonce from here.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

/** Runs before every page. With tokens in a store there is nothing to refresh ahead; `withTokens` stays for `tokensIn: 'cookie'`. */
export async function proxy(request: NextRequest, event: NextFetchEvent): Promise<Response> {
  try {
    return await withTokens(sessions(), protect)(request, event)
  } catch (error) {
    // The page itself says what is missing.
    if (isConfigurationError(error)) return protect(request)
    throw error
  }
}

// Pages only: what the API and the build's files answer runs no script.
export const config = { matcher: ['/((?!api/|_next/|icon.svg).*)'] }
