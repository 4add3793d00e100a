import type { SessionSource } from '@evergrant/server'
import { sessionOf } from './session-of.ts'
import { exchangeOf } from './web-route.ts'

/** The sessions for handlers of web requests: the same object as for the request of Express behind it. */
export function sessionsByWebRequest(sessions: SessionSource): SessionSource {
  // Whatever is no source of sessions is refused as such.
  if (typeof sessions?.for !== 'function') return sessions
  return {
    for: webRequest => {
      const { request, response } = exchangeOf(webRequest)
      return sessionOf(sessions, request, response)
    },
  }
}
