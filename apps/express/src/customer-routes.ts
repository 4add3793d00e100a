import { isEvergrantError } from '@evergrant/core'
import type { EvergrantError } from '@evergrant/core'
import { apiProxy, authRoutes } from '@evergrant/express'
import type { SessionSource } from '@evergrant/server'
import { Router } from 'express'
import type { Request, RequestHandler } from 'express'
import { GatewayError } from './gateway-error.ts'
import type { CustomerConnection } from './gateway-providers.ts'
import { settingsAdvice } from './settings-advice.ts'

/** What the routes are made of. */
export interface CustomerRoutesOptions {
  readonly sessions: SessionSource
  readonly connection: Pick<CustomerConnection, 'apiUrl' | 'settings'>
  readonly now: () => number
  /** How long the API may take to answer, in milliseconds. */
  readonly timeoutMs: number
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}

/** The routes of a customer of TRAVIS, and why the last sign-in could not work. */
export interface CustomerRoutes {
  /** `/auth`: sign-in, sign-out and session. `/travis`: the customer's own records, from the API as they are. */
  readonly routes: Router
  /** The gateway's own fault in the last sign-in that failed, for the developer who runs it; undefined: it had none. */
  readonly signInFault: () => string | undefined
}

/** Lets a customer sign in, and passes the requests of the page on to TRAVIS in the customer's name. */
export function customerRoutes(options: CustomerRoutesOptions): CustomerRoutes {
  const { sessions, connection, now, onError } = options
  let fault: string | undefined
  const onAuthError = (error: unknown, { path }: Request): void => {
    if (!isEvergrantError(error)) onError(error)
    else if (path === '/sign-in') fault = faultOf(error, connection)
  }
  const routes = Router()
  routes.use('/auth', authRoutes(sessions, { now, onError: onAuthError }))
  routes.use('/travis', ownRecords(options))
  return { routes, signInFault: () => fault }
}

// Without an address all but a customer's records works: no reason not to start.
function ownRecords({ sessions, connection, now, timeoutMs }: CustomerRoutesOptions): RequestHandler {
  const { apiUrl: target } = connection
  if (target !== undefined) return apiProxy(sessions, { target, allow: ['GET vehicles'], timeoutMs, now })
  return () => {
    throw new GatewayError(500, 'invalid_configuration', missingApiUrl)
  }
}

const missingApiUrl =
  'TRAVIS documents no address of its API. Set TRAVIS_API_URL in the environment and start the gateway again.'

// What the person who signs in did: the answer of the route says it all.
const personal: ReadonlySet<string> = new Set([
  'credentials_rejected',
  'too_many_attempts',
  'invalid_session',
  'reauthorization_required',
])

// The route's own sentences keep the configuration from strangers; this page is for the developer, on loopback.
function faultOf(
  { code, message }: EvergrantError,
  { settings }: Pick<CustomerConnection, 'settings'>,
): string | undefined {
  return personal.has(code) ? undefined : message + settingsAdvice(code, settings)
}
