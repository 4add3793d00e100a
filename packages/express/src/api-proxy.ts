import { createApiProxyHandler, isSessionSource } from '@evergrant/server'
import { straight } from '@evergrant/server/node'
import type { ApiProxyOptions as WebApiProxyOptions, SessionSource } from '@evergrant/server'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { Request, RequestHandler } from 'express'
import { assertBodyUnread } from './parsed-body.ts'
import { sessionsByWebRequest } from './session-of.ts'
import { webRoute, withRequest } from './web-route.ts'

type FindSource = (request: Request) => AccessTokenSource | Promise<AccessTokenSource>

/** Options of {@link apiProxy}. The path that it is used at is its prefix. */
export interface ApiProxyOptions extends Omit<WebApiProxyOptions, 'prefix' | 'authorize' | 'onError'> {
  /**
   * Decides who may use the proxy, after the request was found to come from a page of this site. Only `true` opens;
   * else 403. Required for a source of the application, and without a default there: any visitor could use its token.
   */
  readonly authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined
  /** Receives every error that is answered, whole: the place to log it. Default: nothing is logged. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/**
 * Passes the requests of this site's pages on to one API, each with an access token that the browser never sees. Bodies
 * stream both ways; what the client leaves unfinished is aborted. It must be used before body parsers.
 * Requests are independent of each other, and those of one credential share one refresh. A request that the API answers
 * with 401 is sent once more with a new token, if its body fits `replayBufferBytes`.
 * A source of the application needs `authorize`. What `authorize` or a function as `source` throws goes to the error
 * handlers, unless it is an error of Evergrant.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 * @see RFC 10017 §6.1.3, RFC 6750 §3.1, RFC 9110 §7.6
 * @example
 * app.use('/api/fleet', apiProxy(sessions, { target: 'https://api.example.com/v1/', allow: ['GET vehicles'] }))
 */
export function apiProxy(
  source: AccessTokenSource,
  options: ApiProxyOptions & Required<Pick<ApiProxyOptions, 'authorize'>>,
): RequestHandler
export function apiProxy(source: SessionSource | FindSource, options: ApiProxyOptions): RequestHandler
export function apiProxy(
  source: SessionSource | AccessTokenSource | FindSource,
  options: ApiProxyOptions,
): RequestHandler {
  const { authorize, onError } = options
  const proxy = createApiProxyHandler(sourceByWebRequest(source), {
    ...options,
    // What is no function is refused as such.
    authorize: typeof authorize === 'function' ? withRequest(authorize) : authorize,
    onError: typeof onError === 'function' ? withRequest(onError) : onError,
  })
  const handler = straight(proxy)
  return webRoute(
    (webRequest, { request }) => handler(webRequest, { prefix: request.baseUrl }),
    assertBodyUnread,
  )
}

// The handler itself tells the kinds of sources apart, and refuses the rest.
function sourceByWebRequest(source: SessionSource | AccessTokenSource | FindSource): SessionSource {
  const found: unknown = typeof source === 'function' ? withRequest(source) : source
  return isSessionSource(found) ? sessionsByWebRequest(found) : (found as SessionSource)
}
