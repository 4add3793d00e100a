import { ConfigurationError } from '@evergrant/core/source'
import type { RequestSession, Sessions } from '@evergrant/server'
import { nextRequest } from './next-request.ts'

/** The session of the request that Next is serving, with cookies that are written. */
export type NextSession = Pick<RequestSession, 'signIn' | 'signOut' | 'getState'>

/**
 * Returns the session of the request, for server actions and your own route handlers: `signIn`, `signOut` and `getState`
 * set its cookies. In a server component `getState` tells who is signed in, and the other two reject.
 * @throws {Error} outside a request of Next
 * @throws {ConfigurationError} from `signIn` and `signOut`, before anything is sent: cookies cannot be set there
 * @example
 * const session = await getSession(sessions)
 * await session.signIn({ username, password })
 */
export async function getSession(sessions: Sessions): Promise<NextSession> {
  const place = await nextRequest()
  const session = sessions.for(place.request)
  const written = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result
    } finally {
      await place.setCookies(session.setCookies)
    }
  }
  const changed = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    if (await place.canSetCookies()) return written(call())
    throw new ConfigurationError(`${name} cannot set the session's cookie here`, [
      'Call it in a server action or a route handler: Next lets server components read cookies only.',
    ])
  }
  return {
    getState: () => written(session.getState()),
    signIn: (credentials, options) => changed('signIn', () => session.signIn(credentials, options)),
    signOut: () => changed('signOut', () => session.signOut()),
  }
}
