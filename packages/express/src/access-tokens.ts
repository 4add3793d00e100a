import { createRequestTokens } from '@evergrant/server'
import type { ServedRequest, SourceOf as SourceOfAny } from '@evergrant/server'
import { clientLeft } from '@evergrant/server/node'
import type { Request, RequestHandler } from 'express'
import type { RequestTokens } from './register.ts'
import { sessionOf } from './session-of.ts'

/** What finds the source of each request. */
export type SourceOf<Source> = SourceOfAny<Source, Request>

/**
 * What finds each name's source: a source that all requests share, `req => source`, `{ users, subject }` for the tokens
 * of each user, or sessions.
 */
export type AccessTokenSources = {
  readonly [Name in keyof RequestTokens]?: SourceOf<RequestTokens[Name]>
}

/**
 * Gives each request `req.tokens.NAME`, an `AccessTokenSource`. It fetches nothing by itself and keeps no state of its
 * own. Used twice, the names merge; for the same name the later one counts.
 * Calls that bring no `signal` of their own end when the client leaves; an exchange that others share goes on. Work that
 * outlives the request uses the token manager itself.
 * With `{ users, subject }` a request without a subject (nothing, or no string) rejects with a
 * `ReauthorizationRequiredError`, and never uses the token of anybody else. With sessions the answer sets their cookies.
 * Reading an unknown name throws a `ConfigurationError` that lists the known ones.
 * @throws {ConfigurationError} a value is none of these, or a name is reserved
 * @example
 * app.use(accessTokens({ truphone: tokens, travis: { users: customers, subject: req => req.user?.id } }))
 * app.get('/trucks', async (req, res) => res.json(await (await req.tokens.travis.fetch('vehicles')).json()))
 */
export function accessTokens(sources: AccessTokenSources): RequestHandler {
  const tokensOf = createRequestTokens<Request>(sources, 'req.tokens')
  return (request, response, next) => {
    const served: ServedRequest<Request> = {
      request,
      signal: () => clientLeft(response),
      sessionOf: sessions => sessionOf(sessions, { request, response }),
    }
    request.tokens = tokensOf(served, request.tokens) as RequestTokens
    next()
  }
}
