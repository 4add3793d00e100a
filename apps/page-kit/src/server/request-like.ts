import type { RequestLike } from '@evergrant/server'
import type { Request } from 'express'

/** An Express request as sessions read it. */
export function requestLike(request: Request): RequestLike {
  const cookie = request.get('cookie')
  return {
    headers: new Headers(cookie === undefined ? {} : { cookie }),
    url: `${request.protocol}://${request.get('host')}${request.originalUrl}`,
  }
}
