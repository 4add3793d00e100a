import { sessionAt } from '@evergrant/server'
import type { PlaceSession, Sessions } from '@evergrant/server'
import { nextRequest } from './next-request.ts'

/** The session of the request that Next is serving, with cookies that are written. */
export type NextSession = PlaceSession

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
  return sessionAt(sessions, await nextRequest())
}
