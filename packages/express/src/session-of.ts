import type { RequestLike, SessionSource } from '@evergrant/server'
import { requestLikeOf, setCookiesWithHead } from '@evergrant/server/node'
import { exchangeOf } from './web-route.ts'
import type { Exchange } from './web-route.ts'

/**
 * The session of a request: the same object for all of the request's handlers. Whatever sends the answer, its head sets
 * the session's cookies as they are then. The scheme is `req.protocol`: the setting `trust proxy` decides who may name it.
 */
export function sessionOf<Session extends object>(
  sessions: { readonly for: (request: RequestLike) => Session },
  { request, response }: Exchange,
): Session {
  const session = sessions.for(requestLikeOf(request, request.protocol))
  setCookiesWithHead(response, session)
  return session
}

/** The sessions for handlers of web requests: the same object as for the request of Express behind it. */
export function sessionsByWebRequest(sessions: SessionSource): SessionSource {
  return { for: webRequest => sessionOf(sessions, exchangeOf(webRequest)) }
}
