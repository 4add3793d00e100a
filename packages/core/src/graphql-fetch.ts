import type { AccessTokenSource } from './access-token-source.ts'
import { createAuthorizedFetchWith } from './authorized-fetch.ts'
import { hasActed, isTokenRefused } from './graphql-refusal.ts'
import type { GraphQLAnswerLike, GraphQLErrorLike } from './graphql-refusal.ts'
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
 * come as errors in the body. At most one replay for each call; concurrent calls share one refresh. A mutation that has done
 * something, because a part of it was executed, is not sent again. Bodies of other types than JSON pass unread, streams
 * among them.
 * @throws whatever `source.authorize` throws
 * @see https://graphql.github.io/graphql-over-http/
 */
export function createGraphQLFetch(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  { isRefused = isTokenRefused, fetch: send = sendByPlatform }: GraphQLFetchOptions = {},
): typeof globalThis.fetch {
  /** The refusals, and whether they may be answered with a replay. */
  const refused = new WeakMap<object, boolean>()
  const settle: AccessTokenSource['settle'] = (attempt, result) => {
    const canReplay = result === 'rejected' ? undefined : refused.get(result)
    const verdict = source.settle(attempt, canReplay === undefined ? result : 'rejected')
    return canReplay === false ? 'done' : verdict
  }
  return createAuthorizedFetchWith(prepare, { authorize: source.authorize, settle }, async (input, init) => {
    const response = await send(input, init)
    // Copied, it would no longer tell where it led, and what stands elsewhere says nothing about the token.
    if (response.redirected || !isJson(response)) return response
    const text = await response.text()
    const { status, statusText, headers } = response
    const read = new Response(text, { status, statusText, headers })
    const answers = answersIn(text)
    if (isRefused(answers.flatMap(({ errors }) => errors)))
      refused.set(read, !mayMutate(init?.body) || !answers.some(hasActed))
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

/** Tells whether a request may hold a mutation. What is only named, as by a hash, or is no text, may be one. */
function mayMutate(body: unknown): boolean {
  if (body === undefined || body === null) return false
  return typeof body !== 'string' || !body.includes('"query"') || body.includes('mutation')
}

/** One answer, or all answers of a batch. */
function answersIn(text: string): readonly GraphQLAnswerLike[] {
  // Most answers hold no errors: they need not be read twice.
  if (!text.includes('"errors"')) return []
  try {
    return [JSON.parse(text) as unknown].flat().map(answerOf)
  } catch {
    return []
  }
}

function answerOf(given: unknown): GraphQLAnswerLike {
  const { data, errors } = (given ?? {}) as { readonly data?: object | null; readonly errors?: unknown }
  return { data, errors: Array.isArray(errors) ? errors.filter(isErrorLike) : [] }
}

function isErrorLike(error: unknown): error is GraphQLErrorLike {
  return typeof error === 'object' && error !== null
}
