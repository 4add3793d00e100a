import type { Sessions } from '@evergrant/server'
import { NextResponse } from 'next/server.js'
import { forwardRequestHeaders } from './forwarded-headers.ts'
import { isPrefetch } from './is-prefetch.ts'

/**
 * A function of `proxy.ts`. Its types are yours to name: `(request: NextRequest, event: NextFetchEvent) => …`. Ours name
 * none of Next's, whose declarations do not compile everywhere.
 */
export type NextProxy<TRequest extends Request = Request, TEvent = unknown> = (
  request: TRequest,
  event: TEvent,
) => Response | null | undefined | void | Promise<Response | null | undefined | void>

/**
 * Makes the function of `proxy.ts`. It refreshes a due access token before anything is rendered, where the tokens are in
 * the cookie; pages and route handlers of the same request see the new cookies, and no cache stores an answer that sets
 * one. What `proxy` returns stays: redirects, rewrites, header overrides. A refresh that fails changes nothing: the page
 * is rendered, and its own call says why it failed. All requests of a session share one refresh.
 * @throws whatever `proxy` throws
 * @see RFC 9111 §5.2.2.5
 * @example
 * export const proxy = withTokens(sessions)
 */
export function withTokens<TRequest extends Request = Request, TEvent = unknown>(
  sessions: Sessions,
  proxy?: NextProxy<TRequest, TEvent>,
): (request: TRequest, event: TEvent) => Promise<Response> {
  return async (request, event) => {
    const session = sessions.for(request)
    const isAhead = isPrefetch(request.headers)
    if (sessions.tokensIn === 'cookie' && !isAhead) await session.getAccessToken().catch(ignore)
    const answer = (await proxy?.(request, event)) ?? NextResponse.next()
    const changes = isAhead ? [] : session.setCookies
    // Anew, because the headers of some responses cannot be changed.
    const response = new NextResponse(answer.body, answer)
    forwardRequestHeaders(response.headers, request.headers, changes)
    if (changes.length > 0) session.writeTo(response.headers)
    return response
  }
}

function ignore(): void {
  // Nobody is signed in, or the server is down for a moment. Whoever needs the token hears of it.
}
