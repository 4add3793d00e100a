import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { Request, RequestHandler } from 'express'
import type { RequestTokens } from './register.ts'
import { namedTokens } from './named-tokens.ts'

/**
 * Sources by name. A value is a source that all requests share, or a function that finds the request's own: it runs at
 * most once per request, when the name is first read.
 */
export type AccessTokenSources = {
  readonly [Name in keyof RequestTokens]?: RequestTokens[Name] | ((request: Request) => RequestTokens[Name])
}

type Named<Value> = Readonly<Record<string, Value>>

/**
 * Gives each request `req.tokens.NAME`, an `AccessTokenSource`. It fetches nothing by itself and keeps no state of its
 * own. Used twice, the names merge; for the same name the later one counts.
 * Reading an unknown name throws a `ConfigurationError` that lists the known ones.
 * @throws {ConfigurationError} a value is neither a source nor a function, or a name is reserved
 * @example
 * app.use(accessTokens({ travis: fleet, customer: req => customers.for(req.user.id) }))
 * app.get('/trucks', async (req, res) => res.json(await (await req.tokens.travis.fetch('vehicles')).json()))
 */
export function accessTokens(sources: AccessTokenSources): RequestHandler {
  const finders = Object.entries(sources as Named<unknown>).map(
    ([name, value]) => [name, finder(name, value)] as const,
  )
  return (request, _response, next) => {
    const earlier = (request.tokens ?? {}) as Named<AccessTokenSource>
    const readers = new Map(
      Object.keys(earlier).map(name => [name, () => earlier[name] as AccessTokenSource]),
    )
    for (const [name, find] of finders) readers.set(name, () => find(request))
    request.tokens = namedTokens(readers) as unknown as RequestTokens
    next()
  }
}

function finder(name: string, value: unknown): (request: Request) => AccessTokenSource {
  if (name === 'then' || name === 'toJSON' || name in Object.prototype) {
    throw new ConfigurationError('accessTokens got a reserved name', [`Call "${name}" something else.`])
  }
  if (isSource(value)) return () => value
  if (typeof value !== 'function') {
    throw new ConfigurationError('accessTokens got something else than a source', [
      `"${name}" must be an AccessTokenSource, such as a token manager, or a function that takes the request and returns one.`,
    ])
  }
  return request => {
    const found: unknown = value(request)
    if (isSource(found)) return found
    throw new ConfigurationError(`req.tokens.${name} found no source`, [
      `The function for "${name}" must return an AccessTokenSource at once, not a promise, such as customers.for(req.user.id).`,
    ])
  }
}

function isSource(value: unknown): value is AccessTokenSource {
  return typeof value === 'object' && value !== null && 'getAccessToken' in value && 'authorize' in value
}
