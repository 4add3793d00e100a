import { isEvergrantError } from '@evergrant/core/source'
import type { EvergrantError, EvergrantErrorCode } from '@evergrant/core/source'
import { jsonAnswer } from './json-answer.ts'
import type { Refusal } from './request-guard.ts'

/** What a client is told of an error. */
export interface ErrorOutline extends Refusal {
  /** Whole seconds for `Retry-After`; undefined: nobody knows. */
  readonly retryAfterSeconds?: number | undefined
}

/** Options of {@link outlineError} and {@link errorAnswer}. */
export interface ErrorAnswerOptions {
  /** Returns the time in epoch milliseconds. */
  readonly now: () => number
  /** Whether somebody was signing in: refused credentials are theirs then (401), and else the server's own (502). */
  readonly isSignIn?: boolean | undefined
}

/**
 * Answers an error of Evergrant with JSON: `{ error: { code, message } }`, stored by no cache. Undefined: it is not an
 * error of Evergrant. What the authorization server wrote is in no answer.
 */
export function errorAnswer(error: unknown, options: ErrorAnswerOptions): Response | undefined {
  const outline = outlineError(error, options)
  return outline && refusalAnswer(outline)
}

/** Answers a refusal with JSON: `{ error: { code, message } }`, stored by no cache. */
export function refusalAnswer({ status, code, message, retryAfterSeconds }: ErrorOutline): Response {
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  return jsonAnswer(status, { error: { code, message } }, headers)
}

/** Answers a method that a route does not take, and names those that it does. */
export function methodNotAllowedAnswer(methods: readonly string[]): Response {
  const error = { code: 'method_not_allowed', message: `This route takes ${methods.join(' and ')} only.` }
  return jsonAnswer(405, { error }, { Allow: methods.join(', ') })
}

/**
 * Decides the status and the words for an error of Evergrant; undefined for any other.
 * 400: a session presented in a way that cannot be trusted. 401: somebody has to sign in, or the name or password is
 * wrong. 403: the token stays on the server. 429: too many tries. 500: the configuration. 502: the authorization server
 * said no. 503: try again, after `retryAfterSeconds` where that is known. Only the messages of 401 and 429 are the
 * error's own, which are made for people: the others describe your server.
 * @see RFC 9110 §10.2.3
 */
export function outlineError(
  error: unknown,
  { now, isSignIn = false }: ErrorAnswerOptions,
): ErrorOutline | undefined {
  if (!isEvergrantError(error)) return undefined
  const { code, message } = error
  if (isSignIn && code === 'credentials_rejected') return { status: 401, code, message: wrongCredentials }
  const status = statusOf(error)
  const retryAfterSeconds = status === 429 || status === 503 ? secondsUntilRetry(error, now()) : undefined
  return { status, code, message: messages[status] ?? message, retryAfterSeconds }
}

const wrongCredentials = 'The user name or the password is wrong.'

// By code and not by class: the error may come from another copy of the package.
const statuses: Readonly<Record<EvergrantErrorCode, keyof typeof messages>> = {
  invalid_session: 400,
  reauthorization_required: 401,
  access_token_not_exposed: 403,
  too_many_attempts: 429,
  invalid_configuration: 500,
  origin_not_allowed: 500,
  // Not transient: a newer release wrote the record.
  store_schema_unknown: 500,
  client_misconfigured: 502,
  credentials_rejected: 502,
  grant_refused: 502,
  request_refused: 502,
  network_error: 503,
  network_timeout: 503,
  server_unavailable: 503,
  malformed_response: 503,
  store_unavailable: 503,
  store_contended: 503,
  needs_refresh: 503,
  superseded: 503,
  disposed: 503,
}

/** What is said in place of an error's own message; undefined: its own. */
const messages = {
  400: 'The cookies of the request cannot be trusted. Remove the cookies of this site and sign in again.',
  401: undefined,
  403: 'The access token stays on the server. Send the request through the server instead.',
  429: undefined,
  500: 'The server is not configured correctly.',
  502: 'The authorization server refused the request.',
  503: 'The service is not available at the moment. Try again later.',
} as const

// A newer copy of the package may have codes that this one does not know.
function statusOf({ code, isTransient }: EvergrantError): keyof typeof messages {
  return (Object.hasOwn(statuses, code) ? statuses[code] : undefined) ?? (isTransient ? 503 : 500)
}

function secondsUntilRetry(error: EvergrantError, now: number): number | undefined {
  if (error.code === 'superseded' || error.code === 'needs_refresh') return 0
  const { retryAt } = error as { retryAt?: unknown }
  return typeof retryAt === 'number' ? Math.max(0, Math.ceil((retryAt - now) / 1000)) : undefined
}
