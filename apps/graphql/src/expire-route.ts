import type { RequestSession } from '@evergrant/server'
import type { Request, RequestHandler } from 'express'

/**
 * Younger tokens are left alone, in milliseconds: an API that refuses a token which was just issued has a reason that the
 * next one does not mend, so nobody would refresh it.
 */
const youngestMs = 6000

/** Options of {@link expireRoute}. */
export interface ExpireRouteOptions {
  readonly sessionOf: (request: Request) => Pick<RequestSession, 'getTokenSet'>
  /** Ends one access token before its time. */
  readonly revoke: (accessToken: string) => Promise<void>
  /** How long access tokens live, in milliseconds. */
  readonly accessTokenMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Ends the access token of whoever asks, and nobody else's; 409 where it is too young. */
export function expireRoute({ sessionOf, revoke, accessTokenMs, now }: ExpireRouteOptions): RequestHandler {
  return async (request, response) => {
    const { accessToken, expiresAt = 0 } = await sessionOf(request).getTokenSet()
    if (now() - (expiresAt - accessTokenMs) < youngestMs) {
      const message = 'This access token was just issued. Try again in a few seconds.'
      response.status(409).json({ error: { code: 'token_too_young', message } })
      return
    }
    await revoke(accessToken)
    response.status(204).end()
  }
}
