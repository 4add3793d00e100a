import type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  GetAccessTokenOptions,
  VariantOptions,
} from './access-token-source.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { BackgroundRefresh } from './background-refresh.ts'
import { readChallengeError } from './challenge.ts'
import type { Credential } from './credential.ts'
import { DisposedError } from './errors/disposed-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { lateAnswer } from './network-failure.ts'
import { isSupersededError } from './errors/superseded-error.ts'
import { decide, freshForMs } from './refresh-policy.ts'
import type { PolicyRequest } from './refresh-policy.ts'
import { Renewal } from './renewal.ts'
import type { Outcome } from './renewal.ts'
import { resolveUrl } from './resource.ts'
import { flightsOf, singleFlight, takeTurn } from './single-flight.ts'
import { errorForStep } from './step-error.ts'
import { variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

/** While a token is fresh, this is all that a call looks at. */
interface Fresh {
  readonly promise: Promise<string>
  readonly fromWallAt: number
  readonly untilWallAt: number
  readonly untilMonotonicAt: number
}

const mostRounds = 3

/** In a terminal state a call looks into the store at most this often. */
const lookAgainMs = 1000

/** One variant of a credential as an {@link AccessTokenSource}: the fast path, the flights, the background refresh. */
export class CredentialSource implements AccessTokenSource {
  readonly fetch: typeof globalThis.fetch
  readonly #credential: Credential
  readonly #variant: Variant
  readonly #key: string
  readonly #narrow: (variant: Variant) => AccessTokenSource
  readonly #background: BackgroundRefresh
  readonly #attempts = new WeakMap<AuthorizedRequest, string>()
  readonly #answers = new WeakMap<Promise<Outcome>, Promise<Outcome>>()
  #fresh: Fresh | undefined
  #armedFor: string | undefined
  #isDisposed = false

  constructor(credential: Credential, variant: Variant, narrow: (variant: Variant) => AccessTokenSource) {
    this.#credential = credential
    this.#variant = variant
    this.#key = variantKey(variant)
    this.#narrow = narrow
    this.fetch = createAuthorizedFetch(this, (input, init) => credential.environment.fetch(input, init))
    this.#background = new BackgroundRefresh(credential, this.#key, () => this.#renew({}))
    credential.onChange(() => this.#settleIn())
  }

  readonly getAccessToken = (options?: GetAccessTokenOptions): Promise<string> => {
    const fresh = this.#fresh
    if (fresh !== undefined && (options === undefined || isPlain(options)) && this.#isFresh(fresh)) {
      this.#background.isUsed = true
      return fresh.promise
    }
    return this.#obtain(options ?? {})
  }

  readonly authorize = async (
    request: { readonly url: string | URL; readonly method: string },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<AuthorizedRequest> => {
    const { resource, provider } = this.#credential.environment.authorization
    const url = resolveUrl(resource, request.url, provider).href
    const token = await this.getAccessToken(options?.signal ? { signal: options.signal } : undefined)
    const attempt = { url, headers: new Headers({ authorization: `Bearer ${token}` }) }
    this.#attempts.set(attempt, token)
    return attempt
  }

  readonly settle = (attempt: AuthorizedRequest, result: AttemptResult): 'done' | 'replay' => {
    const token = this.#attempts.get(attempt)
    if (token === undefined || !isRejection(result)) return 'done'
    const isCurrent = this.#credential.noteRejection(this.#key, token)
    if (isCurrent) this.#fresh = undefined
    const willReplay = isCurrent ? this.#mayRefresh() : this.#credential.accessToken(this.#key) !== undefined
    this.#credential.environment.emit({ type: 'token-rejected', isCurrent, willReplay })
    return willReplay ? 'replay' : 'done'
  }

  readonly variant = (options: VariantOptions): AccessTokenSource =>
    this.#narrow({ ...this.#variant, ...options })

  /** Stops timers and refuses further calls. */
  dispose(): void {
    this.#isDisposed = true
    this.#fresh = undefined
    this.#background.stop()
  }

  /** Stops timers; calls go on. */
  rest(): void {
    this.#background.stop()
  }

  #isFresh(fresh: Fresh): boolean {
    const { clock } = this.#credential.environment
    const wall = clock.wall()
    return wall < fresh.untilWallAt && wall >= fresh.fromWallAt && clock.monotonic() < fresh.untilMonotonicAt
  }

  #mayRefresh(): boolean {
    const { action } = decide(this.#credential.policyState(this.#key))
    return action === 'refresh' || action === 're-grant'
  }

  async #obtain(options: GetAccessTokenOptions): Promise<string> {
    const credential = this.#credential
    const calledAt = credential.environment.clock.monotonic()
    for (let round = 0; round < mostRounds; round++) {
      if (this.#isDisposed) throw new DisposedError('The token manager was disposed. Create a new one.')
      options.signal?.throwIfAborted()
      const request = this.#requestSince(calledAt, options)
      const step = decide(credential.policyState(this.#key), request)
      if (step.action === 'use' || step.action === 'use-and-refresh') {
        if (step.action === 'use-and-refresh') this.#background.start()
        // Only use of a token that was there before counts: what was just obtained may never be needed again.
        if (round === 0) this.#background.isUsed = true
        return this.#use()
      }
      if (!('rung' in step) && this.#hasJustLooked()) throw errorForStep(credential, step)
      const outcome = await abortable(this.#answer(this.#renew(options, calledAt)), options.signal)
      if (!outcome.ok) return this.#useDespite(outcome.error)
    }
    return this.#useDespite(
      new NetworkError('The access token was replaced again and again. Try again.', {
        code: 'server_unavailable',
        wasSent: false,
      }),
    )
  }

  #use(): string {
    const access = this.#credential.accessToken(this.#key)
    if (access === undefined) throw new Error('The policy chose to use an access token that does not exist.')
    return access.token
  }

  // A failed refresh takes nothing away from whoever still has a valid token.
  #useDespite(error: unknown): string {
    const { access, isSignedOut } = this.#credential.policyState(this.#key)
    const isAlive = access !== undefined && (access.remainingMs === undefined || access.remainingMs > 0)
    if (!isAlive || isSignedOut || isSupersededError(error)) throw error
    const step = decide(this.#credential.policyState(this.#key))
    if (step.action === 'reauthorize') throw error
    return this.#use()
  }

  #requestSince(calledAt: number, { minTtlMs, forceRefresh }: GetAccessTokenOptions): PolicyRequest {
    return { minTtlMs, forceRefresh, isFreshest: this.#credential.isRequestedSince(this.#key, calledAt) }
  }

  #hasJustLooked(): boolean {
    const { environment, lastReadMonotonicAt } = this.#credential
    return environment.clock.monotonic() - lastReadMonotonicAt < lookAgainMs
  }

  /** Joins the running renewal of this variant or starts one. It outlives whoever started it. */
  #renew(options: GetAccessTokenOptions, calledAt: number = Number.NEGATIVE_INFINITY): Promise<Outcome> {
    const { environment } = this.#credential
    const registry = flightsOf(environment.store)
    return singleFlight(registry, `${environment.key} ${this.#key}`, () => {
      const renewal = new Renewal(this.#credential, this.#variant, () =>
        calledAt === Number.NEGATIVE_INFINITY ? {} : this.#requestSince(calledAt, options),
      )
      const work = takeTurn(registry, environment.key, () => renewal.run())
      environment.waitUntil?.(work)
      return work
    })
  }

  /**
   * What the callers of a flight wait for: the flight itself, but no longer than `timeoutMs`, and no longer than a
   * second before the token they still hold expires. The flight goes on: what left the machine may have been acted on.
   */
  #answer(flight: Promise<Outcome>): Promise<Outcome> {
    const known = this.#answers.get(flight)
    if (known !== undefined) return known
    const { clock, timeoutMs, authorization } = this.#credential.environment
    const remainingMs = this.#credential.policyState(this.#key).access?.remainingMs
    const patienceMs =
      remainingMs !== undefined && remainingMs > 0
        ? Math.min(timeoutMs, Math.max(0, remainingMs - 1000))
        : timeoutMs
    const answer = new Promise<Outcome>(resolve => {
      const cancel = clock.schedule(
        () => resolve({ ok: false, error: lateAnswer(authorization.server.tokenEndpoint) }),
        patienceMs,
      )
      void flight.then(outcome => {
        cancel()
        resolve(outcome)
      })
    })
    this.#answers.set(flight, answer)
    return answer
  }

  /** Something new is held: prepare the fast path and the timer for it. */
  #settleIn(): void {
    this.#fresh = undefined
    if (this.#isDisposed) return
    const token = this.#credential.accessToken(this.#key)?.token
    const freshMs = freshForMs(this.#credential.policyState(this.#key))
    if (token === undefined || freshMs <= 0) return
    const { clock } = this.#credential.environment
    const wall = clock.wall()
    this.#fresh = {
      promise: Promise.resolve(token),
      fromWallAt: wall - 60_000,
      untilWallAt: wall + freshMs,
      untilMonotonicAt: clock.monotonic() + freshMs,
    }
    this.#background.arm(freshMs, token !== this.#armedFor)
    this.#armedFor = token
  }
}

/** A call that any fresh token satisfies. */
function isPlain({ minTtlMs, forceRefresh, signal }: GetAccessTokenOptions): boolean {
  return minTtlMs === undefined && !forceRefresh && !signal?.aborted
}

function isRejection(result: AttemptResult): boolean {
  if (result === 'rejected') return true
  return (
    result.status === 401 &&
    readChallengeError(result.headers.get('www-authenticate')) !== 'insufficient_scope'
  )
}

/** Waits for `promise`, or rejects with the signal's reason: this caller leaves, the work goes on. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
