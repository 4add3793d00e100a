import type { RequestHandler } from 'express'
import { GatewayError } from './gateway-error.ts'

const ownHost = /^(?:localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

/**
 * Refuses names that do not mean this machine: a web page whose name was pointed here (DNS rebinding) would otherwise
 * count as the gateway's own origin.
 */
export const ownHostOnly: RequestHandler = (request, _response, next) => {
  if (!ownHost.test(request.get('host') ?? '')) {
    throw new GatewayError(421, 'host_not_allowed', 'The gateway answers to localhost and 127.0.0.1 only.')
  }
  next()
}

/**
 * Refuses what another site could have sent: a change needs the gateway's own origin and a header that no form and no
 * simple cross-site request can carry. The scheme counts: another program's `https` on this port is another origin.
 */
export const sameOriginOnly: RequestHandler = (request, _response, next) => {
  const origin = request.get('origin')
  const site = request.get('sec-fetch-site') ?? 'same-origin'
  const isOwn = origin === `${request.protocol}://${request.get('host')}`
  if (!isOwn || site !== 'same-origin' || request.get('x-evergrant') !== '1') {
    const message = 'Only the page of this gateway may do this. Reload it and try again.'
    throw new GatewayError(403, 'cross_site_request', message)
  }
  next()
}
