import { isEvergrantError } from '@evergrant/core'
import { outlineError } from '@evergrant/server'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { GatewayError } from './gateway-error.ts'
import { settingsAdvice } from './settings-advice.ts'
import type { Settings } from './settings-advice.ts'

/** Remembers what configures the provider that is about to be asked, for the advice in an error's message. */
export function expectSettings(response: Response, settings: Settings | undefined): void {
  Object.assign(response.locals, { settings })
}

function adviceFor({ locals }: Response, code: string): string {
  return settingsAdvice(code, (locals as { readonly settings?: Settings }).settings)
}

/** Answers a path that nobody serves. */
export const notFound: RequestHandler = request => {
  throw new GatewayError(404, 'not_found', `The gateway serves nothing at ${request.method} ${request.path}.`)
}

/** What {@link gatewayErrors} needs. */
export interface GatewayErrorsOptions {
  /** Returns the time in epoch milliseconds, for `Retry-After`. */
  readonly now: () => number
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}

/**
 * Answers every error as JSON. Evergrant's errors come with their own message: the general sentences of
 * `tokenErrorHandler` keep a server's configuration from strangers, and that is what most applications want. This page
 * is for the developer who runs the gateway, on loopback, and has to see which variable is missing and what the
 * authorization server said. The reason of a fault of the gateway goes to `onError` only.
 */
export function gatewayErrors({ now, onError }: GatewayErrorsOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    // Whoever asked has left, and with that ended the work for them: no fault, and nobody to tell.
    if (response.destroyed) return
    if (response.headersSent) {
      next(error)
      return
    }
    const { status, code, message, retryAfter } = asGatewayError(error, now) ?? unexpected(error, onError)
    if (retryAfter !== undefined) response.set('Retry-After', retryAfter)
    const whole = { code, message: message + adviceFor(response, code) }
    response.set('Cache-Control', 'no-store').status(status).json({ error: whole })
  }
}

function asGatewayError(error: unknown, now: () => number): GatewayError | undefined {
  if (error instanceof GatewayError) return error
  const outline = outlineError(error, { now })
  if (isEvergrantError(error) && outline !== undefined) {
    const { status, code, retryAfterSeconds } = outline
    return new GatewayError(status, code, error.message, retryAfterSeconds?.toString())
  }
  // What Express and its body parser refuse carries a status and is the client's fault.
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  return new GatewayError(status, 'invalid_request', 'The gateway cannot read this request.')
}

function unexpected(error: unknown, onError: (error: unknown) => void): GatewayError {
  onError(error)
  return new GatewayError(500, 'internal_error', 'The gateway failed. What it printed says why.')
}
