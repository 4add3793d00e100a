import { ConfigurationError } from '@evergrant/core/source'
import type { RequestPlace } from './request-place.ts'
import type { RequestSession } from './request-session.ts'
import type { Sessions } from './sessions.ts'

/** A session whose cookies are written where it is used. */
export type PlaceSession = Pick<RequestSession, 'signIn' | 'signOut' | 'getState'>

/**
 * The session of the request at a place, for adapters of frameworks that render: `signIn`, `signOut` and `getState` set
 * its cookies. Where none can be set, `getState` tells who is signed in, and the other two reject with a
 * `ConfigurationError` before anything is sent.
 */
export function sessionAt(sessions: Sessions, place: RequestPlace): PlaceSession {
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
    throw new ConfigurationError(`${name} cannot set the session's cookie here`, [place.advice])
  }
  return {
    getState: () => written(session.getState()),
    signIn: (credentials, options) => changed('signIn', () => session.signIn(credentials, options)),
    signOut: () => changed('signOut', () => session.signOut()),
  }
}
