import { ConfigurationError } from '@evergrant/core/source'
import type { Request } from 'express'

/**
 * The body of a request that a body parser has read: as it was, or as JSON. Undefined: nobody has read it yet.
 * @throws {ConfigurationError} something has read it and kept nothing
 */
export function parsedBody(request: Request): Uint8Array | string | undefined {
  if (!isBodyRead(request)) return undefined
  const body: unknown = request.body
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body !== undefined) return JSON.stringify(body)
  throw new ConfigurationError('The auth routes cannot read the body', [
    'Something has read it already and left nothing in req.body. Mount authRoutes before it.',
  ])
}

/**
 * Sees to it that a body can still be passed on as it came: what a parser made of it may be something else.
 * @throws {ConfigurationError} a body parser has read it
 */
export function assertBodyUnread(request: Request): undefined {
  if (!isBodyRead(request)) return undefined
  throw new ConfigurationError('apiProxy cannot pass the body on', [
    'A body parser has read it already. Mount apiProxy before express.json() and other body parsers.',
  ])
}

// Not `req.body`: Express 4 sets it also where there is no body, and Express 5 does not.
function isBodyRead(request: Request): boolean {
  return request.readableDidRead
}
