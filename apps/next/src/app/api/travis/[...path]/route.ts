import { createApiProxyRoutes } from '@evergrant/next'
import type { ApiProxyRoute } from '@evergrant/next'
import { once } from '../../../../lib/once.ts'
import { sessions, travisApiUrl } from '../../../../lib/tokens.ts'

const routes = once(() =>
  createApiProxyRoutes(sessions(), { target: travisApiUrl(), allow: ['GET vehicles'] }),
)

// One by one, because Next reads the names of the exports. The others are answered 405.
export const GET: ApiProxyRoute = (request, context) => routes().GET(request, context)
export const HEAD: ApiProxyRoute = (request, context) => routes().HEAD(request, context)
