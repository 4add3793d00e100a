import type { AccessTokenSource, AuthorizedRequest, GraphQLErrorLike } from '@evergrant/core/source'
import type { CombinedError } from '@urql/core'

type Fetch = typeof globalThis.fetch

/** One sending of one operation: it puts the access token on, and remembers which one it was. */
export class OperationFetch {
  /** What really sends; undefined: the global `fetch`. */
  readonly send: Fetch | undefined
  readonly #source: Pick<AccessTokenSource, 'authorize' | 'settle'>
  readonly #before: OperationFetch | undefined
  #attempt: AuthorizedRequest | undefined
  /** The refusal that a replay answers, kept for the case that there is no newer token. */
  #refusal: CombinedError | undefined
  #isReplayDue = false

  /** `before`: the sending of the same operation that was refused. */
  constructor(
    source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
    send: Fetch | undefined,
    before: OperationFetch | undefined,
  ) {
    this.#source = source
    this.send = send
    this.#before = before
  }

  readonly fetch: Fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input
    const target = { url, method: init?.method ?? 'GET' }
    const before = this.#before
    const attempt = await this.#source.authorize(target, {
      signal: init?.signal ?? undefined,
      replayOf: before && before.#attempt,
    })
    this.#attempt = attempt
    // There is no newer token, because the exchange failed: the refusal stands, and would come again.
    if (before && before.#refusal && tokenOf(attempt) === tokenOf(before.#attempt))
      return asResponse(before.#refusal)
    const headers = new Headers(init?.headers)
    for (const [name, value] of attempt.headers) headers.set(name, value)
    const send = this.send ?? globalThis.fetch
    return send(attempt.url, { ...init, headers })
  }

  /** Tells whether what came back refused the token and another one is worth a second try. */
  isReplayedAfter(
    error: CombinedError,
    isRefused: (errors: readonly GraphQLErrorLike[]) => boolean,
  ): boolean {
    const attempt = this.#attempt
    const response = error.response as Response | undefined
    const isUnauthorized = response?.status === 401
    if (attempt === undefined || (!isUnauthorized && !isRefused(error.graphQLErrors))) return false
    const verdict = this.#source.settle(attempt, isUnauthorized ? response : 'rejected')
    // After the second sending it counts what this says about the token, but nobody sends a third time.
    if (verdict === 'done' || this.#before !== undefined) return false
    this.#refusal = error
    this.#isReplayDue = true
    return true
  }

  /** Tells whether the next sending of the operation is the replay; once. */
  beginReplay(): boolean {
    const isReplay = this.#isReplayDue
    this.#isReplayDue = false
    return isReplay
  }
}

function tokenOf(attempt: AuthorizedRequest | undefined): string | null | undefined {
  return attempt?.headers.get('authorization')
}

/** The refused answer once more. Its body has been read. */
function asResponse({ graphQLErrors, response }: CombinedError): Response {
  const { status, statusText } = response as Response
  if (graphQLErrors.length === 0) return new Response(null, { status, statusText })
  return Response.json({ errors: graphQLErrors }, { status, statusText })
}
