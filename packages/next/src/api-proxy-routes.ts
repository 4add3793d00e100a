import type { AccessTokenSource } from '@evergrant/core/source'
import { createApiProxyHandler } from '@evergrant/server'
import type { ApiProxyHandler, ApiProxyOptions, ProxyTokenSource, SessionSource } from '@evergrant/server'
import { connection } from 'next/server.js'
import { prefixOfRoute } from './prefix-of-route.ts'
import type { RouteParams } from './prefix-of-route.ts'

/** Options of {@link createApiProxyRoutes}. The path that the proxy lives below follows from where the file is. */
export type ApiProxyRoutesOptions = Omit<ApiProxyOptions, 'prefix'>

/** One method of a route handler. */
export type ApiProxyRoute = (
  request: Request,
  context: { readonly params: Promise<RouteParams> },
) => Promise<Response>

/** What `app/api/…/[...path]/route.ts` exports. */
export type ApiProxyRoutes = Readonly<
  Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS', ApiProxyRoute>
>

/**
 * Makes the routes that pass requests of this site's pages on to one API, for `app/api/travis/[...path]/route.ts`. The
 * browser never sees the access token. They are never prerendered. A source of the application needs `authorize`.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 * @see RFC 10017 §6.1.3
 * @example
 * export const { GET, HEAD } = createApiProxyRoutes(sessions, { target: apiUrl, allow: ['GET vehicles'] })
 */
export function createApiProxyRoutes(
  source: AccessTokenSource,
  options: ApiProxyRoutesOptions & { readonly authorize: (request: Request) => boolean | Promise<boolean> },
): ApiProxyRoutes
export function createApiProxyRoutes(
  source: SessionSource | ((request: Request) => AccessTokenSource | Promise<AccessTokenSource>),
  options: ApiProxyRoutesOptions,
): ApiProxyRoutes
export function createApiProxyRoutes(
  source: ProxyTokenSource,
  options: ApiProxyRoutesOptions,
): ApiProxyRoutes {
  // The overloads of both say the same, and only one signature of theirs can be named here.
  const handle: ApiProxyHandler = createApiProxyHandler(source as SessionSource, options)
  const route: ApiProxyRoute = async (request, { params }) => {
    await connection()
    return handle(request, { prefix: prefixOfRoute(request.url, await params) })
  }
  return {
    GET: route,
    POST: route,
    PUT: route,
    PATCH: route,
    DELETE: route,
    HEAD: route,
    OPTIONS: route,
  }
}
