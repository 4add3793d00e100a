import { createAuthorizedFetchWith, hasActed, isSameToken } from '@evergrant/core/source'
import type {
  AccessTokenSource,
  AuthorizedRequest,
  GraphQLErrorLike,
  Replayable,
} from '@evergrant/core/source'
import type { CombinedError } from '@urql/core'

type Fetch = typeof globalThis.fetch
type Source = Pick<AccessTokenSource, 'authorize' | 'settle'>

/** What an execution works with. */
export interface OperationFetchOptions {
  readonly source: Source
  /** What really sends; undefined: the global `fetch`. */
  readonly send: Fetch | undefined
  /** The execution that this one replays. */
  readonly before: OperationFetch | undefined
  readonly isMutation: boolean
}

/**
 * The `fetch` of one execution of one operation: it authorizes, sends, and replays after a 401, which urql itself takes
 * for an answer if there is data in it. Refusals in the body are seen by urql's parser, and replayed by `authExchange`
 * with an `OperationFetch` of their own. Either way an operation is sent at most twice.
 */
export class OperationFetch {
  readonly fetch: Fetch
  readonly send: Fetch | undefined
  readonly #source: Source
  readonly #before: OperationFetch | undefined
  readonly #isMutation: boolean
  readonly #attempts: AuthorizedRequest[] = []
  /** The refusal, kept for the case that there is no newer token. */
  #refusal: CombinedError | undefined
  /** What the last answer to a mutation held. */
  #data: object | null | undefined
  #isReplayDue = false

  constructor({ source, send, before, isMutation }: OperationFetchOptions) {
    this.#source = source
    this.#before = before
    this.#isMutation = isMutation
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
    if (this.#isMutation && hasActed({ data: this.#data, errors: error.graphQLErrors })) return false
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
    const { refusal, lastAttempt: refused } = this.#before ?? {}
    const { lastAttempt } = this
    // There is no newer token, because the exchange failed: the refusal stands, and would come again.
    if (refusal && refused && lastAttempt && isSameToken(refused, lastAttempt)) return asResponse(refusal)
    const response = await (this.send ?? globalThis.fetch)(...request)
    // urql tells of the errors of an answer without its data, and only the data tells what a mutation has done.
    if (this.#isMutation && /json/i.test(response.headers.get('content-type') ?? '')) {
      this.#data = await response
        .clone()
        .json()
        .then(
          (answer: { readonly data?: object | null } | null) => answer?.data,
          () => undefined,
        )
    }
    return response
  }
}

/** urql gives a URL, and a text or a form, which can be sent twice. */
async function asGiven(_url: unknown, init: RequestInit = {}): Promise<Replayable> {
  return { canReplay: true, init: () => init }
}

/** The refused answer once more. Its body has been read. */
function asResponse({ graphQLErrors, response }: CombinedError): Response {
  return Response.json(
    { errors: graphQLErrors },
    { status: (response as Response | undefined)?.status ?? 200 },
  )
}
