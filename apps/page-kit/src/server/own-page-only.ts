import type { RequestHandler } from 'express'

const ownHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

/** Refuses names that do not mean this machine: a page of another site may have pointed one here (DNS rebinding). */
export const ownHostOnly: RequestHandler = (request, response, next) => {
  if (ownHost.test(request.get('host') ?? '')) return next()
  const message = 'This page answers to localhost and 127.0.0.1 only.'
  response.status(421).json({ error: { code: 'host_not_allowed', message } })
}

/** Refuses what the page of another site could have sent. */
export const ownPageOnly: RequestHandler = (request, response, next) => {
  const isOwn = request.get('origin') === `${request.protocol}://${request.get('host')}`
  if (isOwn && request.get('x-evergrant') === '1') return next()
  const message = 'Only the page of this server may do this. Reload it and try again.'
  response.status(403).json({ error: { code: 'cross_site_request', message } })
}
