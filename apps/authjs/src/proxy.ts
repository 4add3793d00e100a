import { NextResponse } from 'next/server'
import type { NextRequest } from 'next/server'

/** Gives each page a policy of its own, which lets Next's scripts run and no other. */
export function proxy(request: NextRequest): Response {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    // Without scripts the sign-in is a form whose answer leads to TRAVIS.
    `form-action 'self' ${signInOrigin()}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = new Headers(request.headers)
  // Next takes the nonce from here.
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

function signInOrigin(): string {
  const url = process.env['TRAVIS_TOKEN_ENDPOINT'] ?? ''
  return URL.canParse(url) ? new URL(url).origin : ''
}

// Pages only: what the API and the build's files answer runs no script.
export const config = { matcher: ['/((?!api/|_next/|icon.svg).*)'] }
