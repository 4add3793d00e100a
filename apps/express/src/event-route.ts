import type { Clock, TokenManager } from '@evergrant/core'
import { createEventRoute } from '@evergrant/express'
import type { Request, RequestHandler } from 'express'
import { GatewayError } from './gateway-error.ts'
import type { ProviderName } from './provider-name.ts'
import { untilSessionEnds } from './until-session-ends.ts'

/**
 * Streams what happens to the gateway's own five credentials, never to a customer's. Only to this machine (see
 * `ownHostOnly`), and not to the pages of other sites.
 */
export function eventRoute(managers: Readonly<Record<ProviderName, TokenManager>>): RequestHandler {
  return createEventRoute({ sources: managers, isEnabled: true, authorize: isAllowed })
}

/**
 * Streams what happens to the tokens of the customer who signed in from this browser, at `…/:session`. It ends with the
 * session, so that a stream never tells of anybody else.
 */
export function customerEventRoute(clock: Clock): RequestHandler {
  return createEventRoute({
    sources: async request => ({ customer: await tokensOf(request, clock) }),
    isEnabled: true,
    authorize: isAllowed,
  })
}

// The page asks by name: another of its tabs may have signed somebody else in since.
async function tokensOf(request: Request, clock: Clock): ReturnType<typeof untilSessionEnds> {
  const tokens = await untilSessionEnds(request, clock)
  if (tokens === undefined) throw new GatewayError(404, 'not_found', 'This browser has no such session.')
  return tokens
}

// The route itself refuses the pages of other sites, and `ownHostOnly` other machines: who is left may listen.
function isAllowed(): boolean {
  return true
}
