import type { EvergrantError } from '@evergrant/core/source'
import { errorAnswer } from '@evergrant/server'
import { isClientLeft, sendResponse } from '@evergrant/server/node'
import type { ErrorRequestHandler, Request } from 'express'

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
 * Answers Evergrant's errors with JSON: `{ error: { code, message } }`, stored by no cache. Use it after the routes. Other errors, and errors after the headers were sent, go on to the next error handler. What was given up
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
    const answer = response.headersSent ? undefined : errorAnswer(error, { now })
    if (answer === undefined) return next(error)
    try {
      onError?.(error as EvergrantError, request)
    } catch {
      // An answer must not depend on how well it is logged.
    }
    void sendResponse(response, answer)
  }
}
