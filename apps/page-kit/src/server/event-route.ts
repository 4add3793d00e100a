import { createEventRoute } from '@evergrant/express'
import type { EventSourceManager } from '@evergrant/express'
import type { SessionSource } from '@evergrant/server'
import type { Request, RequestHandler } from 'express'
import { requestLike } from './request-like.ts'

/**
 * Streams what happens to the tokens of whoever is signed in here, all sessions of the page in one stream: a browser opens
 * six connections to a host, and each stream holds one. The query names the sign-ins (`?NAME=ID`), because another tab may
 * have signed in somebody else since; of those nothing is told.
 */
export function eventRoute(sessions: Readonly<Record<string, SessionSource>>): RequestHandler {
  return createEventRoute({
    isEnabled: true,
    // The route itself refuses pages of other sites, and a browser hears of its own sessions only.
    authorize: () => true,
    sources: async request => {
      const found = await Promise.all(
        Object.entries(sessions).map(async ([name, each]) => [name, await tokensOf(each, name, request)]),
      )
      return Object.fromEntries(found) as Record<string, EventSourceManager | undefined>
    },
  })
}

async function tokensOf(
  sessions: SessionSource,
  name: string,
  request: Request,
): Promise<EventSourceManager | undefined> {
  const session = sessions.for(requestLike(request))
  const state = await session.getState()
  const isMeant = state.status === 'authenticated' && state.signInId === request.query[name]
  return isMeant ? session.observe() : undefined
}
