import { createAuthorizedFetchWith } from '@evergrant/core/source'
import type {
  AccessTokenSource,
  AuthorizedRequest,
  GraphQLErrorLike,
  Replayable,
} from '@evergrant/core/source'
import type { CombinedError } from '@urql/core'

type Fetch = typeof globalThis.fetch
type Source = Pick<AccessTokenSource, 'authorize' | 'settle'>

/**
 * The `fetch` of one execution of one operation: it authorizes, sends, and replays after a 401, which urql itself takes
 * for an answer if there is data in it. Refusals in the body are seen by urql's parser, and replayed by `authExchange`
 * with an `OperationFetch` of their own. Either way an operation is sent at most twice.
 */
export class OperationFetch {
  readonly fetch: Fetch
  /** What really sends; undefined: the global `fetch`. */
  readonly send: Fetch | undefined
  readonly #source: Source
  /** The execution that this one replays. */
  readonly #before: OperationFetch | undefined
  readonly #attempts: AuthorizedRequest[] = []
  /** The refusal, kept for the case that there is no newer token. */
  #refusal: CombinedError | undefined
  #isReplayDue = false

  constructor(source: Source, send: Fetch | undefined, before: OperationFetch | undefined) {
    this.#source = source
    this.#before = before
    this.send = send
    const authorize = this.#authorize
    this.fetch = createAuthorizedFetchWith(asGiven, { authorize, settle: this.#settle }, (input, init) =>
      this.#sendOnce(input, init),
    )
  }

  get lastAttempt(): AuthorizedRequest | undefined {
    return this.#attempts.at(-1)
  }

  get refusal(): CombinedError | undefined {
    return this.#refusal
  }

  /** Tells whether what came back refused the token and another one is worth a second try. */
  isReplayedAfter(
    error: CombinedError,
    isRefused: (errors: readonly GraphQLErrorLike[]) => boolean,
  ): boolean {
    const attempt = this.lastAttempt
    // What a redirect led to says nothing about the token.
    const isRedirected = (error.response as Response | undefined)?.redirected === true
    if (attempt === undefined || isRedirected || !isRefused(error.graphQLErrors)) return false
    const verdict = this.#source.settle(attempt, 'rejected')
    // After the second sending it counts what this says about the token, but nobody sends a third time.
    if (verdict === 'done' || this.#before !== undefined || this.#attempts.length > 1) return false
    this.#refusal = error
    this.#isReplayDue = true
    return true
  }

  /** Tells whether the next execution of the operation is the replay; once. */
  beginReplay(): boolean {
    const isReplay = this.#isReplayDue
    this.#isReplayDue = false
    return isReplay
  }

  readonly #authorize: Source['authorize'] = async (request, options) => {
    const replayOf = options?.replayOf ?? this.#before?.lastAttempt
    const attempt = await this.#source.authorize(request, { ...options, replayOf })
    this.#attempts.push(attempt)
    return attempt
  }

  // Whether an answer that is no 401 took the token is known only when its body has been read.
  readonly #settle: Source['settle'] = (attempt, result) => {
    if (result !== 'rejected' && result.status !== 401) return 'done'
    const verdict = this.#source.settle(attempt, result)
    return this.#before === undefined ? verdict : 'done'
  }

  async #sendOnce(...request: Parameters<Fetch>): Promise<Response> {
    const { refusal, lastAttempt } = this.#before ?? {}
    // There is no newer token, because the exchange failed: the refusal stands, and would come again.
    if (refusal && tokenOf(lastAttempt) === tokenOf(this.lastAttempt)) return asResponse(refusal)
    return (this.send ?? globalThis.fetch)(...request)
  }
}

/** urql gives a URL, and a text or a form, which can be sent twice. */
async function asGiven(_url: unknown, init: RequestInit = {}): Promise<Replayable> {
  return { canReplay: true, init: () => init }
}

function tokenOf(attempt: AuthorizedRequest | undefined): string | null | undefined {
  return attempt?.headers.get('authorization')
}

/** The refused answer once more. Its body has been read. */
function asResponse({ graphQLErrors, response }: CombinedError): Response {
  return Response.json(
    { errors: graphQLErrors },
    { status: (response as Response | undefined)?.status ?? 200 },
  )
}
