import { isEvergrantError } from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import { outlineError } from '@evergrant/server'
import type { ErrorRequestHandler, Request } from 'express'
import { isClientLeft } from './client-left.ts'

/** Options of {@link tokenErrorHandler}. */
export interface TokenErrorHandlerOptions {
  /** Returns the time in epoch milliseconds, for `Retry-After`. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * Receives every error that is answered, whole, before the answer is sent: the place to log it, because clients see
   * a general sentence only. A sign-in that is needed (401) is among them. What it throws is ignored. Default: nothing
   * is logged.
   */
  readonly onError?: ((error: EvergrantError, request: Request) => void) | undefined
}

/**
 * Answers Evergrant's errors with JSON: `{ error: { code, message } }` and `Cache-Control: no-store`. Use it after the
 * routes. Other errors, and errors after the headers were sent, go on to the next error handler. What was given up
 * because the client has left ends here: nobody is there to answer.
 * 400: a session that cannot be trusted. 401: somebody has to sign in, and the message says so. 403: the access token
 * stays on the server. 429: too many tries, and the message says so. 500: the configuration. 502: the authorization
 * server said no. 503: try again, in `Retry-After` seconds where that is known. Other messages than those of 401 and
 * 429 are general: the error's own describe your server.
 * @see RFC 9110 §10.2.3
 */
export function tokenErrorHandler(options: TokenErrorHandlerOptions = {}): ErrorRequestHandler {
  const { now = Date.now, onError } = options
  return (error: unknown, request, response, next) => {
    if (isClientLeft(error, response)) return
    const outline = outlineError(error, { now })
    if (!isEvergrantError(error) || outline === undefined || response.headersSent) {
      next(error)
      return
    }
    try {
      onError?.(error, request)
    } catch {
      // An answer must not depend on how well it is logged.
    }
    const { status, code, message, retryAfterSeconds } = outline
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds))
    response.set('Cache-Control', 'no-store')
    response.status(status).json({ error: { code, message } })
  }
}
