import { isEvergrantError } from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import type { ErrorRequestHandler, Request } from 'express'

/** Options of {@link tokenErrors}. */
export interface TokenErrorsOptions {
  /** Returns the time in epoch milliseconds, for `Retry-After`. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * Receives every error that is answered, whole, before the answer is sent: the place to log it, because clients see
   * a general sentence only. A sign-in that is needed (401) is among them. Default: nothing is logged.
   */
  readonly onError?: ((error: EvergrantError, request: Request) => void) | undefined
}

/**
 * Answers Evergrant's errors with JSON: `{ error: { code, message } }` and `Cache-Control: no-store`. Use it after the
 * routes. Other errors, and errors after the headers were sent, go on to the next error handler.
 * 401: somebody has to sign in, and the message says so. 500: the configuration. 502: the authorization server said
 * no. 503: try again, in `Retry-After` seconds where that is known. Other messages than the 401's are general: the
 * error's own describe your server.
 * @see RFC 9110 §10.2.3
 */
export function tokenErrors(options: TokenErrorsOptions = {}): ErrorRequestHandler {
  const { now = Date.now, onError } = options
  return (error: unknown, request, response, next) => {
    const status = isEvergrantError(error) ? statusOf(error) : undefined
    if (!isEvergrantError(error) || status === undefined || response.headersSent) {
      next(error)
      return
    }
    onError?.(error, request)
    const seconds = status === 503 ? retryAfterSeconds(error, now()) : undefined
    if (seconds !== undefined) response.set('Retry-After', String(seconds))
    response.set('Cache-Control', 'no-store')
    response.status(status).json({ error: { code: error.code, message: messages[status] ?? error.message } })
  }
}

// By name and not by class: the error may come from another copy of the package.
const statuses: Readonly<Record<string, number>> = {
  ReauthorizationRequiredError: 401,
  OriginNotAllowedError: 500,
  ConfigurationError: 500,
  // Only the kind that is not transient: a newer release wrote the record.
  StoreError: 500,
  AuthorizationServerError: 502,
  SupersededError: 503,
}

const messages: Readonly<Record<number, string>> = {
  500: 'The server is not configured correctly.',
  502: 'The authorization server refused the request.',
  503: 'The service is not available at the moment. Try again later.',
}

function statusOf(error: EvergrantError): number | undefined {
  return error.isTransient ? 503 : statuses[error.name]
}

function retryAfterSeconds(error: EvergrantError, now: number): number | undefined {
  if (error.name === 'SupersededError') return 0
  const { retryAt } = error as { retryAt?: unknown }
  return typeof retryAt === 'number' ? Math.max(0, Math.ceil((retryAt - now) / 1000)) : undefined
}
