import { tokensAt } from '@evergrant/server'
import type { PlaceTokens, Sessions } from '@evergrant/server'
import { nextRequest } from './next-request.ts'

/** The tokens of whoever is signed in, and who that is. */
export type NextTokens = PlaceTokens

/**
 * Returns the tokens of whoever is signed in, for server components, server actions and your own route handlers. All
 * requests of a session share one refresh. With tokens in a store they are refreshed anywhere. With tokens in the cookie
 * a server component only reads them: a token that is due is a `NeedsRefreshError` there, and `withTokens` in `proxy.ts`
 * sees to it that this does not happen. Whatever calls this is rendered for each request.
 * @throws {Error} outside a request of Next
 * @example
 * const tokens = await getTokens(sessions)
 * const response = await tokens.fetch('vehicles')
 */
export async function getTokens(sessions: Sessions): Promise<NextTokens> {
  return tokensAt(sessions, await nextRequest())
}
