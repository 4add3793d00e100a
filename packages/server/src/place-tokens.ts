import { createAuthorizedFetch, isNeedsRefreshError } from '@evergrant/core/source'
import type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
  VariantOptions,
} from '@evergrant/core/source'
import { requestAfter } from './request-place.ts'
import type { RequestPlace } from './request-place.ts'
import type { RequestSession, SessionState } from './request-session.ts'
import type { Sessions } from './sessions.ts'

/** The tokens of whoever is signed in, and who that is. */
export type PlaceTokens = AccessTokenSource & Pick<RequestSession, 'getState'>

/**
 * The tokens of the request at a place, for adapters of frameworks that render. They are read first. Only where that is not
 * enough, and cookies can be set, are they refreshed, and the cookies written: elsewhere the new refresh token would be
 * lost, and a token that is due is a `NeedsRefreshError`. All requests of a session share one refresh.
 */
export function tokensAt(sessions: Sessions, place: RequestPlace): PlaceTokens {
  return new TokensAtPlace(sessions, place)
}

class TokensAtPlace implements PlaceTokens {
  readonly fetch: typeof globalThis.fetch
  readonly #sessions: Sessions
  readonly #place: RequestPlace
  readonly #narrow: (source: AccessTokenSource) => AccessTokenSource
  /** Which source an attempt is of, and whether that one could only read. */
  readonly #attempts = new WeakMap<AuthorizedRequest, { source: AccessTokenSource; isReading: boolean }>()

  constructor(
    sessions: Sessions,
    place: RequestPlace,
    narrow: (source: AccessTokenSource) => AccessTokenSource = source => source,
  ) {
    this.#sessions = sessions
    this.#place = place
    this.#narrow = narrow
    const careful = createAuthorizedFetch(this, sessions.plainFetch)
    // Where reading is all there is to it, the sessions' own `fetch` sends.
    const plain: typeof globalThis.fetch = (input, init) => this.#narrow(this.#reading()).fetch(input, init)
    this.fetch = sessions.tokensIn === 'cookie' ? careful : plain
  }

  readonly getState = (): Promise<SessionState> => this.#reading().getState()

  readonly getAccessToken = (options?: GetAccessTokenOptions): Promise<string> =>
    this.#with(source => source.getAccessToken(options))

  readonly authorize = (
    request: { readonly url: string | URL; readonly method: string },
    options?: AuthorizeOptions,
  ): Promise<AuthorizedRequest> =>
    this.#with(async (source, isReading) => {
      const attempt = await source.authorize(request, options)
      this.#attempts.set(attempt, { source, isReading })
      return attempt
    }, options?.replayOf)

  readonly settle = (attempt: AuthorizedRequest, result: AttemptResult): 'done' | 'replay' => {
    const sent = this.#attempts.get(attempt)
    if (sent === undefined) return 'done'
    const verdict = sent.source.settle(attempt, result)
    // What only reads never asks for a replay. Whether a refresh is possible here shows when it is authorized again.
    const isRefused = result === 'rejected' || result.status === 401
    return sent.isReading && isRefused ? 'replay' : verdict
  }

  readonly variant = (options: VariantOptions): AccessTokenSource =>
    new TokensAtPlace(this.#sessions, this.#place, source => this.#narrow(source).variant(options))

  /** The session as of now: what an action of this request has changed counts. */
  #reading(): PlaceTokens {
    const { request } = this.#place
    return this.#sessions.forReading(requestAfter(request, this.#sessions.for(request).setCookies))
  }

  async #with<T>(
    call: (source: AccessTokenSource, isReading: boolean) => Promise<T>,
    otherwise?: T,
  ): Promise<T> {
    const isReading = this.#sessions.tokensIn === 'cookie'
    try {
      return await call(this.#narrow(this.#reading()), isReading)
    } catch (error) {
      if (!isNeedsRefreshError(error)) throw error
      if (await this.#place.canSetCookies()) return this.#refreshing(call)
      // The refusal of the first attempt stands.
      if (otherwise !== undefined) return otherwise
      throw error
    }
  }

  async #refreshing<T>(call: (source: AccessTokenSource, isReading: boolean) => Promise<T>): Promise<T> {
    const session = this.#sessions.for(this.#place.request)
    try {
      return await call(this.#narrow(session), false)
    } finally {
      await this.#place.setCookies(session.setCookies)
    }
  }
}
