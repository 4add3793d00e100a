import {
  AccessTokenNotExposedError,
  AuthorizationServerError,
  ConfigurationError,
  isEvergrantError,
  MalformedResponseError,
  NetworkError,
  ReauthorizationRequiredError,
  SupersededError,
  TooManyAttemptsError,
} from '@evergrant/core/source'
import type { AuthorizationServerErrorOptions, EvergrantError } from '@evergrant/core/source'

/** A refusal of an auth route, as it came. */
export interface RouteRefusal {
  /** Origin and path of the route, for messages. */
  readonly route: string
  readonly status: number
  /** The `code` of `{ error: { code, message } }`; undefined: something else answered in place of the route. */
  readonly code: string | undefined
  readonly message: string
  /** When to ask again, in epoch milliseconds, where the answer said so. */
  readonly retryAt: number | undefined
}

type ServerCode = AuthorizationServerErrorOptions['code']

const serverCodes: readonly string[] = [
  'client_misconfigured',
  'credentials_rejected',
  'grant_refused',
  'request_refused',
] satisfies ServerCode[]

/**
 * Turns a refusal into an error. Only the route's own word ends a session: a 401 of anything between the page and the
 * route is an outage, and so is whatever is no answer of the route.
 */
export function routeError(refusal: RouteRefusal): EvergrantError {
  const { route, status, code, message, retryAt } = refusal
  if (code === 'reauthorization_required') return signedOutError('signed-out')
  if (code === 'session_changed') return supersededError()
  if (code === 'too_many_attempts' && retryAt !== undefined)
    return new TooManyAttemptsError(message, { retryAt })
  if (code !== undefined && serverCodes.includes(code))
    return new AuthorizationServerError(message, { code: code as ServerCode, error: code, status })
  if (status === 408 || status === 429 || status >= 500) {
    return new NetworkError(`${route} answered ${status}. Evergrant will try again.`, {
      code: 'server_unavailable',
      status,
      retryAt,
      wasSent: true,
    })
  }
  if (code === 'not_found') return tokenNotExposed(message)
  if (code !== undefined) return new ConfigurationError(`${route} refused the request`, [message])
  return malformed(route, status)
}

/** The error for an answer that no auth route gives: the page of a portal, a firewall or another application. */
export function malformed(route: string, status: number): MalformedResponseError {
  return new MalformedResponseError(
    `${route} answered ${status}, and not as @evergrant/server does. Check the endpoint, and what stands before it.`,
    { status },
  )
}

/** The error for a token that stays on the server. */
export function tokenNotExposed(message = 'The access token stays on the server.'): EvergrantError {
  return new AccessTokenNotExposedError(`${message} Use fetch, which goes through its API proxy.`)
}

/** The error for whoever needs a person to sign in. */
export function signedOutError(reason: 'never-signed-in' | 'signed-out'): ReauthorizationRequiredError {
  return new ReauthorizationRequiredError('Nobody is signed in. Let somebody sign in.', { reason })
}

/** Returns an error of Evergrant for whoever decides over it; throws every other on. */
export function asValue(error: unknown): EvergrantError {
  if (isEvergrantError(error)) return error
  throw error
}

/** Whether the token route knew nothing of the sign-in, or of tokens: who is signed in has to be asked anew. */
export function isRefusedSignIn({ code }: EvergrantError): boolean {
  return code === 'superseded' || code === 'access_token_not_exposed'
}

/** The error for a call that waited while the user changed. */
export function supersededError(): SupersededError {
  return new SupersededError('Somebody signed in or out meanwhile, maybe in another tab. Call again.')
}
