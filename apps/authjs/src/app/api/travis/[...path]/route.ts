import { createApiProxyHandler } from '@evergrant/server'
import { setting, tokens } from '../../../../lib/tokens.ts'

let handler: ReturnType<typeof createApiProxyHandler> | undefined

/** Passes the page's requests on to TRAVIS with the token that the page never sees. */
export function GET(request: Request): Promise<Response> {
  handler ??= createApiProxyHandler(each => tokens().for(each), {
    prefix: '/api/travis',
    target: setting('TRAVIS_API_URL'),
    allow: ['GET vehicles'],
    // What fails is what the demo shows.
    onError: () => undefined,
  })
  return handler(request)
}
