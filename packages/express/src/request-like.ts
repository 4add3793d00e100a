import type { RequestLike } from '@evergrant/server'
import type { Request } from 'express'

const known = new WeakMap<Request, RequestLike>()

/**
 * What sessions read of a request of Express. The same object for the same request, so that all of a request's handlers
 * have one session. The scheme is `req.protocol`: the setting `trust proxy` decides who may name it.
 */
export function requestLikeOf(request: Request): RequestLike {
  let found = known.get(request)
  if (found === undefined) {
    found = { headers: headersOf(request), url: urlOf(request) }
    known.set(request, found)
  }
  return found
}

function headersOf(request: Request): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  return headers
}

function urlOf({ protocol, headers, originalUrl }: Request): string | undefined {
  return headers.host === undefined ? undefined : `${protocol}://${headers.host}${originalUrl}`
}
