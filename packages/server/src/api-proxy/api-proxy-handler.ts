import type { AccessTokenSource } from '@evergrant/core/source'
import type { SessionSource } from '../request-session.ts'
import { offerStraight } from '../transport/straight-answer.ts'
import { resolveProxyOptions } from './api-proxy-options.ts'
import type { ApiProxyOptions, ProxyTokenSource } from './api-proxy-options.ts'
import { ProxiedRequest } from './proxied-request.ts'

/** What a framework knows beside the request. */
export interface ApiProxyContext {
  /** The path that the proxy lives below; counts in place of the option. */
  readonly prefix?: string | undefined
  /** The client's IP address. The proxy has no use for it: it is here so that all handlers take the same. */
  readonly clientAddress?: string | undefined
}

/** Passes requests of this site's pages on to an API, and answers every one. */
export type ApiProxyHandler = (request: Request, context?: ApiProxyContext) => Promise<Response>

/**
 * Makes a handler that passes requests on to one API, each with an access token that the browser never sees.
 * Requests are independent of each other, and those of one credential share one refresh. Bodies stream both ways. A
 * request that the API answers with 401 is sent once more with a new token, if its body fits `replayBufferBytes`.
 * A source of the application needs `authorize`. What `authorize` or a function as `source` throws rejects, unless it
 * is an error of Evergrant.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 * @see RFC 10017 §6.1.3, RFC 6750 §3.1, RFC 9110 §7.6
 * @example
 * const proxy = createApiProxyHandler(sessions, {
 *   target: 'https://api.example.com/v1/',
 *   allow: ['GET vehicles', 'GET vehicles/*'],
 *   prefix: '/api/fleet',
 * })
 */
export function createApiProxyHandler(
  source: AccessTokenSource,
  options: ApiProxyOptions & { readonly authorize: (request: Request) => boolean | Promise<boolean> },
): ApiProxyHandler
export function createApiProxyHandler(
  source: SessionSource | ((request: Request) => AccessTokenSource | Promise<AccessTokenSource>),
  options: ApiProxyOptions,
): ApiProxyHandler
export function createApiProxyHandler(source: ProxyTokenSource, options: ApiProxyOptions): ApiProxyHandler {
  const proxy = resolveProxyOptions(source, options)
  const begin = (request: Request): ProxiedRequest => new ProxiedRequest(proxy, source, request)
  const handler: ApiProxyHandler = (request, context) =>
    begin(request).answer(context?.prefix ?? proxy.prefix)
  return offerStraight<ApiProxyContext, ApiProxyHandler>(handler, (request, context) =>
    begin(request).answerStraight(context?.prefix ?? proxy.prefix),
  )
}
