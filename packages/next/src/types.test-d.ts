import type { Sessions } from '@evergrant/server'
import { createApiProxyRoutes, createAuthRoutes, withTokens } from './index.ts'
import type { AuthRoutesOptions } from './index.ts'
import { NextResponse } from 'next/server.js'
import type { NextFetchEvent, NextProxy, NextRequest } from 'next/server.js'

declare const sessions: Sessions
declare const maybe: string | undefined
const api = { target: 'https://api.example.com/', allow: ['GET vehicles'] }

// Next calls both of these as its own `NextProxy`.
withTokens(sessions) satisfies NextProxy
withTokens(sessions, async (request: NextRequest, event: NextFetchEvent) => {
  event.waitUntil(Promise.resolve())
  return NextResponse.redirect(request.nextUrl)
}) satisfies NextProxy
withTokens(sessions, request => void request.url)
// @ts-expect-error a proxy function answers with a response or nothing
withTokens(sessions, () => 'text')

// Users have exactOptionalPropertyTypes, and values from the environment.
createAuthRoutes(sessions, {
  clientAddress: () => maybe,
  tokenMediation: undefined,
} satisfies AuthRoutesOptions)

createApiProxyRoutes(sessions, api).PATCH satisfies (
  request: NextRequest,
  context: { params: Promise<{ path: string[] }> },
) => Promise<Response>
createApiProxyRoutes(sessions, api).GET satisfies (
  request: NextRequest,
  context: { params: Promise<{ path?: string[] }> },
) => Promise<Response>
// @ts-expect-error the prefix follows from where the file is
createApiProxyRoutes(sessions, { ...api, prefix: '/api' })
declare const application: ReturnType<Sessions['for']>
// @ts-expect-error a source of the application needs authorize
createApiProxyRoutes(application, api)
createApiProxyRoutes(application, { ...api, authorize: () => true })
