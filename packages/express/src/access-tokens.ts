import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { RequestHandler } from 'express'
import { namedTokens } from './named-tokens.ts'
import type { RequestTokens } from './register.ts'
import { sourceFinder } from './source-finder.ts'
import type { SourceOf } from './source-finder.ts'

/**
 * What finds each name's source: a source that all requests share, `req => source`, `{ users, subject }` for the tokens
 * of each user, or sessions.
 */
export type AccessTokenSources = {
  readonly [Name in keyof RequestTokens]?: SourceOf<RequestTokens[Name]>
}

type Named<Value> = Readonly<Record<string, Value>>

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
  const finders = Object.entries(sources as Named<unknown>).map(([name, given]) => {
    assertName(name)
    return [name, sourceFinder(name, given)] as const
  })
  return (request, response, next) => {
    const earlier = (request.tokens ?? {}) as Named<AccessTokenSource>
    const readers = new Map(
      Object.keys(earlier).map(name => [name, () => earlier[name] as AccessTokenSource]),
    )
    for (const [name, find] of finders) readers.set(name, find(request, response))
    request.tokens = namedTokens(readers) as unknown as RequestTokens
    next()
  }
}

function assertName(name: string): void {
  if (name !== 'then' && name !== 'toJSON' && !(name in Object.prototype)) return
  throw new ConfigurationError('accessTokens got a reserved name', [`Call "${name}" something else.`])
}
