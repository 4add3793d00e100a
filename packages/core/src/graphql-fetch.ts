import type { AccessTokenSource } from './access-token-source.ts'
import { createAuthorizedFetchWith } from './authorized-fetch.ts'
import { isTokenRefused } from './graphql-refusal.ts'
import type { GraphQLErrorLike } from './graphql-refusal.ts'
import { copyForFetch } from './request-copy.ts'
import type { Replayable } from './request-copy.ts'

/** Options of {@link createGraphQLFetch}. */
export interface GraphQLFetchOptions {
  /** Decides whether the errors of an answer refuse the access token. Default {@link isTokenRefused}. */
  readonly isRefused?: ((errors: readonly GraphQLErrorLike[]) => boolean) | undefined
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Makes a `fetch` for GraphQL clients: it authorizes, sends and settles as `source.fetch` does, and also sees refusals that
 * come as errors in the body. At most one replay for each call; concurrent calls share one refresh. Bodies of other types
 * than JSON pass unread, streams among them.
 * @throws whatever `source.authorize` throws
 * @see https://graphql.github.io/graphql-over-http/
 */
export function createGraphQLFetch(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  { isRefused = isTokenRefused, fetch: send = sendByPlatform }: GraphQLFetchOptions = {},
): typeof globalThis.fetch {
  const refused = new WeakSet<object>()
  const settle: AccessTokenSource['settle'] = (attempt, result) =>
    source.settle(attempt, result !== 'rejected' && refused.has(result) ? 'rejected' : result)
  return createAuthorizedFetchWith(prepare, { authorize: source.authorize, settle }, async (input, init) => {
    const response = await send(input, init)
    // Copied, it would no longer tell where it led, and what stands elsewhere says nothing about the token.
    if (response.redirected || !isJson(response)) return response
    const text = await response.text()
    const { status, statusText, headers } = response
    const read = new Response(text, { status, statusText, headers })
    if (isRefused(errorsIn(text))) refused.add(read)
    return read
  })
}

/** Operations are small and never streams: what a `Request` holds is read whole. */
function prepare(input: string | URL | Request, init: RequestInit | undefined): Promise<Replayable> {
  return copyForFetch(input, init, async (request, members) => {
    const body = await request.blob()
    return { canReplay: true, init: () => ({ ...members, ...(body.size > 0 && { body }) }) }
  })
}

// Looked up with each call: it may be replaced later.
const sendByPlatform: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)

function isJson({ headers, body }: Response): boolean {
  return body !== null && /^application\/(?:[\w.+-]*\+)?json\b/i.test(headers.get('content-type') ?? '')
}

/** The errors of one answer, or of all answers of a batch. */
function errorsIn(text: string): readonly GraphQLErrorLike[] {
  // Most answers hold none: they need not be read twice.
  if (!text.includes('"errors"')) return []
  try {
    return [JSON.parse(text) as unknown].flat().flatMap(errorsOf)
  } catch {
    return []
  }
}

function errorsOf(answer: unknown): readonly GraphQLErrorLike[] {
  const { errors } = (answer ?? {}) as { readonly errors?: unknown }
  if (!Array.isArray(errors)) return []
  return errors.filter(
    (error: unknown): error is GraphQLErrorLike => typeof error === 'object' && error !== null,
  )
}
