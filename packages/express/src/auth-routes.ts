import { createAuthHandler, isSessionSource } from '@evergrant/server'
import type { AuthHandlerOptions, SessionSource } from '@evergrant/server'
import type { Request, RequestHandler } from 'express'
import { parsedBody } from './parsed-body.ts'
import { sessionsByWebRequest } from './session-of.ts'
import { webRoute, withRequest } from './web-route.ts'

/** Options of {@link authRoutes}. */
export interface AuthRoutesOptions extends Omit<AuthHandlerOptions, 'onError'> {
  /**
   * Receives every error that is answered, whole, before the answer is sent, and why a provider did not confirm a
   * sign-out: the place to log them, because clients see a general sentence only. What it throws is ignored. Default:
   * nothing is logged.
   */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/**
 * Makes the auth routes below the path that it is used at: `POST sign-in`, `POST sign-out`, `GET session` and, with
 * `tokenMediation`, `POST token`. Every request must carry the header `x-evergrant: 1` and come from a page of the same
 * origin. Answers are JSON and stored by no cache; errors are `{ error: { code, message } }`.
 * It may be used before or after body parsers. Tries to sign in are counted per `req.ip`: behind a proxy set Express'
 * `trust proxy`, or all visitors count as one.
 * @throws {ConfigurationError} `sessions` is no source of sessions, or an origin is none
 * @see RFC 10017 §6.1, §6.2
 * @example
 * app.use('/api/auth', authRoutes(sessions))
 */
export function authRoutes(sessions: SessionSource, options: AuthRoutesOptions = {}): RequestHandler {
  const { onError } = options
  // Whatever is no source of sessions is refused as such.
  const found = isSessionSource(sessions) ? sessionsByWebRequest(sessions) : sessions
  const handler = createAuthHandler(found, {
    ...options,
    onError: typeof onError === 'function' ? withRequest(onError) : onError,
  })
  return webRoute((webRequest, { request }) => handler(webRequest, { clientAddress: request.ip }), parsedBody)
}
