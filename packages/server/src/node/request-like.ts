import type { IncomingMessage } from 'node:http'
import { NodeRequest } from 'srvx/node'
import type { RequestLike } from '../request-session.ts'
import { targetOf } from './to-request.ts'

const known = new WeakMap<IncomingMessage, RequestLike>()

/**
 * What sessions read of a request of Node.js. The same object for the same request, so that all of a request's handlers
 * have one session. The scheme is `protocol` (`http` or `https`) of the first call: it is the framework's to say whether
 * a proxy may name it. Frameworks' `originalUrl` counts before `url`; without a `Host` there is no URL.
 */
export function requestLikeOf(incoming: IncomingMessage, protocol: string): RequestLike {
  let found = known.get(incoming)
  if (found === undefined) {
    const { host } = incoming.headers
    const url = host === undefined ? undefined : `${protocol}://${host}${targetOf(incoming)}`
    found = { headers: new NodeRequest({ req: incoming }).headers, url }
    known.set(incoming, found)
  }
  return found
}
