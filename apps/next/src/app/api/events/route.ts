import { createEventRoute } from '@evergrant/server'
import { sessions } from '../../../lib/tokens.ts'

/** Streams what happens to the tokens of whoever asks, and of nobody else: the only source is the request's own session. */
export async function GET(request: Request): Promise<Response> {
  const session = await sessions().for(request).observe()
  if (session === undefined) {
    const error = { code: 'reauthorization_required', message: 'Sign in to see what happens to your tokens.' }
    return Response.json({ error }, { status: 401, headers: { 'Cache-Control': 'no-store' } })
  }
  return createEventRoute({ sources: { session }, authorize: () => true, isEnabled: true })(request)
}
