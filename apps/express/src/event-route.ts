import type { TokenManager } from '@evergrant/core'
import { createEventRoute } from '@evergrant/express'
import type { Request, RequestHandler } from 'express'
import type { Customers } from './customers.ts'
import { GatewayError } from './gateway-error.ts'
import type { ProviderName } from './provider-name.ts'

/**
 * Streams what happens to the gateway's own five credentials, never to a customer's. Only to this machine (see
 * `ownHostOnly`), and not to the pages of other sites.
 */
export function eventRoute(managers: Readonly<Record<ProviderName, TokenManager>>): RequestHandler {
  return createEventRoute({ sources: managers, isEnabled: true, authorize: isOwnPage })
}

/**
 * Streams what happens to the tokens of the customer who signed in from this browser, at `…/:session`. It ends with the
 * session, so that a stream never tells of anybody else.
 */
export function customerEventRoute(customers: Customers): RequestHandler[] {
  const stream = createEventRoute({
    sources: request => ({ customer: customers.eventsOf(request) }),
    isEnabled: true,
    authorize: isOwnPage,
  })
  return [
    (request, response, next) => {
      if (customers.endWithSession(request, response)) next()
      else throw new GatewayError(404, 'not_found', 'This browser has no such session.')
    },
    stream,
  ]
}

function isOwnPage(request: Request): boolean {
  const site = request.get('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}
