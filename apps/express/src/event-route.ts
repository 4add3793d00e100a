import type { TokenManager } from '@evergrant/core'
import { createEventRoute } from '@evergrant/express'
import type { Request, RequestHandler } from 'express'
import type { ProviderName } from './provider-name.ts'

/**
 * Streams what happens to the gateway's own five credentials, never to a customer's. Only to this machine (see
 * `ownHostOnly`), and not to the pages of other sites.
 */
export function eventRoute(managers: Readonly<Record<ProviderName, TokenManager>>): RequestHandler {
  return createEventRoute({ sources: managers, isEnabled: true, authorize: isOwnPage })
}

function isOwnPage(request: Request): boolean {
  const site = request.get('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}
