import { createEventRoute } from '@evergrant/server'
import { sessions } from '../../../lib/tokens.ts'

/** Streams what happens to the tokens of whoever asks, and of nobody else: the only source is the request's own session. */
const streamEvents = createEventRoute({
  sources: async request => ({ session: await sessions().for(request).observe() }),
  authorize: async request => (await sessions().for(request).getState()).status === 'authenticated',
  isEnabled: true,
})

export function GET(request: Request): Promise<Response> {
  return streamEvents(request)
}
