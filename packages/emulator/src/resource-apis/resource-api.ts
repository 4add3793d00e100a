import type { AccessGrant } from '../authorization-servers/access-tokens.ts'
import type { Exchange } from '../exchange.ts'
import { bearerToken } from '../http/authorization-header.ts'
import { challenge } from '../http/challenge.ts'
import { json, withoutBody } from '../http/responses.ts'
import { ApiError } from './api-error.ts'
import type { Collection } from './collection.ts'
import type { Paging } from './paging.ts'

/** What an access token is worth: what it opens, or why it is refused. */
export type TokenVerdict = { readonly grant: AccessGrant } | { readonly refusal: string }

/** Everything that makes one resource API what it is. */
export interface ResourceApiOptions {
  readonly collections: readonly Collection[]
  readonly paging: Paging
  /** The `realm` of challenges, where the API names one. */
  readonly realm?: string
  /** Whether the token may also come as the query parameter `access_token` (RFC 6750 §2.3). */
  readonly takesTokenFromQuery?: boolean
  readonly judgeToken: (token: string) => Promise<TokenVerdict>
  /** Writes an error in the provider's style. */
  readonly errorBody: (error: ApiError) => unknown
}

/** The API behind an authorization server: read-only collections for whoever brings a good token. */
export class ResourceApi {
  /** The query parameters that it understands, `access_token` left out. */
  readonly parameters: ReadonlySet<string>
  readonly #options: ResourceApiOptions

  constructor(options: ResourceApiOptions) {
    this.#options = options
    const filters = options.collections.flatMap(({ filterNames }) => filterNames)
    this.parameters = new Set([...options.paging.parameters, ...filters])
  }

  /** Answers a request for `path`, which is relative to the API's base: `vehicles/4f…`. */
  async respond(exchange: Exchange, path: string): Promise<Response> {
    exchange.facts.kind = 'api'
    try {
      const response = await this.#answer(exchange, path)
      return exchange.request.method === 'HEAD' ? withoutBody(response) : response
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      exchange.facts.error = error.code
      return json(error.status, this.#options.errorBody(error), error.headers)
    }
  }

  async #answer(exchange: Exchange, path: string): Promise<Response> {
    const grant = await this.#authenticate(exchange)
    const [name = '', id, ...rest] = path.replace(/\/$/, '').split('/')
    const found = this.#options.collections.find(candidate => candidate.path === name)
    if (!found || rest.length > 0) throw new ApiError(404, 'not_found', 'No such resource')
    const { method } = exchange.request
    if (method !== 'GET' && method !== 'HEAD') {
      throw new ApiError(405, 'method_not_allowed', `${method} is not supported here`, { allow: 'GET, HEAD' })
    }
    this.#authorize(grant, found)
    if (id !== undefined) return json(200, findRecord(found, grant, id))
    const records = found.list(grant, exchange.query)
    const page = this.#options.paging.page(records, exchange.query, exchange.publicUrl)
    return json(200, page.body, page.headers)
  }

  async #authenticate(exchange: Exchange): Promise<AccessGrant> {
    const { realm, takesTokenFromQuery = false, judgeToken } = this.#options
    const fromQuery = takesTokenFromQuery ? exchange.query.get('access_token') : null
    const token = bearerToken(exchange.request) ?? fromQuery
    if (!token) {
      // Without any token the challenge carries no error code. RFC 6750 §3.1
      const headers = { 'www-authenticate': challenge('Bearer', { realm }) }
      const message = 'Full authentication is required to access this resource'
      throw new ApiError(401, 'unauthorized', message, headers)
    }
    const verdict = await judgeToken(token)
    if ('refusal' in verdict) {
      const parameters = { realm, error: 'invalid_token', error_description: verdict.refusal }
      throw new ApiError(401, 'invalid_token', verdict.refusal, {
        'www-authenticate': challenge('Bearer', parameters),
      })
    }
    exchange.facts.clientId = verdict.grant.clientId
    exchange.facts.username = verdict.grant.username
    return verdict.grant
  }

  #authorize(grant: AccessGrant, { requires }: Collection): void {
    const missing = requires.find(permission => !grant.permissions.has(permission))
    if (missing === undefined) return
    const message = `The access token lacks ${missing}`
    const parameters = { realm: this.#options.realm, error: 'insufficient_scope', error_description: message }
    throw new ApiError(403, 'insufficient_scope', message, {
      'www-authenticate': challenge('Bearer', { ...parameters, scope: requires.join(' ') }),
    })
  }
}

function findRecord(of: Collection, grant: AccessGrant, id: string): object {
  let decoded = id
  try {
    decoded = decodeURIComponent(id)
  } catch {
    // A stray percent sign: such an id exists nowhere.
  }
  const record = of.find(grant, decoded)
  if (!record) throw new ApiError(404, 'not_found', `${of.path} has no record with this id`)
  return record
}
