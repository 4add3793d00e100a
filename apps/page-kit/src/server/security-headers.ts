import type { RequestHandler } from 'express'
import { isolationHeaders } from './isolation-headers.ts'

/** Sets what every answer carries. No script and no style may be inline; beside this server the page calls `origins`. */
export function securityHeaders(origins: readonly string[]): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return (_request, response, next) => {
    response.set({ 'Content-Security-Policy': policy, ...isolationHeaders })
    next()
  }
}
