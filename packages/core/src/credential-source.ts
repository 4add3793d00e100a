import type { AccessTokenSource, GetAccessTokenOptions, VariantOptions } from './access-token-source.ts'
import { AuthorizedAttempts } from './authorized-attempts.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { BackgroundRefresh } from './background-refresh.ts'
import type { Credential } from './credential.ts'
import { within } from './deadline.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { DisposedError } from './errors/disposed-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { lateAnswer } from './network-failure.ts'
import { isSupersededError } from './errors/superseded-error.ts'
import { decide, freshForMs } from './refresh-policy.ts'
import type { PolicyRequest } from './refresh-policy.ts'
import { Renewal } from './renewal.ts'
import type { Outcome } from './renewal-outcome.ts'
import { flightsOf, singleFlight, takeTurn } from './single-flight.ts'
import { errorForStep } from './step-error.ts'
import { supersededWhileWaiting } from './superseded-while-waiting.ts'
import { variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

/** While a token is fresh, this is all that a call looks at. */
interface Fresh {
  readonly promise: Promise<string>
  readonly fromWallAt: number
  readonly untilWallAt: number
  readonly untilMonotonicAt: number
}

/** One call of getAccessToken. */
interface Call {
  readonly calledAt: number
  /** Whose token it asks for. */
  family: string | undefined
  readonly options: GetAccessTokenOptions
}

const mostRounds = 3

/** In a terminal state a call looks into the store at most this often. */
const lookAgainMs = 1000

/** One variant of a credential as an {@link AccessTokenSource}: the fast path, the flights, the background refresh. */
export class CredentialSource implements AccessTokenSource {
  readonly authorize: AccessTokenSource['authorize']
  readonly fetch: typeof globalThis.fetch
  readonly settle: AccessTokenSource['settle']
  readonly #credential: Credential
  readonly #variant: Variant
  readonly #key: string
  readonly #narrow: (variant: Variant) => AccessTokenSource
  readonly #background: BackgroundRefresh
  #fresh: Fresh | undefined
  #armedFor: string | undefined
  #isDisposed = false

  constructor(credential: Credential, variant: Variant, narrow: (variant: Variant) => AccessTokenSource) {
    this.#credential = credential
    this.#variant = variant
    this.#key = variantKey(variant)
    this.#narrow = narrow
    const attempts = new AuthorizedAttempts({
      credential,
      key: this.#key,
      getAccessToken: this.getAccessToken,
      onRefused: () => (this.#fresh = undefined),
    })
    this.authorize = attempts.authorize
    this.settle = attempts.settle
    this.fetch = createAuthorizedFetch(this, (input, init) => credential.environment.fetch(input, init))
    this.#background = new BackgroundRefresh(credential, this.#key, () => this.#renew())
    credential.onChange(() => this.#settleIn())
  }

  readonly getAccessToken = (options?: GetAccessTokenOptions): Promise<string> => {
    const fresh = this.#fresh
    if (fresh !== undefined && isPlain(options) && this.#isFresh(fresh)) {
      this.#background.isUsed = true
      return fresh.promise
    }
    return this.#obtain(options ?? {})
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

  async #obtain(options: GetAccessTokenOptions): Promise<string> {
    const credential = this.#credential
    const call: Call = { calledAt: credential.environment.clock.monotonic(), family: undefined, options }
    checkOptions(options)
    if (credential.marks.isStale && !this.#isDisposed) await abortable(credential.look(), options.signal)
    call.family = credential.held?.record.family
    for (let round = 0; round < mostRounds; round++) {
      if (this.#isDisposed) throw new DisposedError('The token manager was disposed. Create a new one.')
      options.signal?.throwIfAborted()
      if (credential.isSupersededSince(call.calledAt, call.family)) throw supersededWhileWaiting()
      const step = decide(credential.policyState(this.#key), this.#requestOf(call))
      if (step.action === 'use' || step.action === 'use-and-refresh') {
        if (step.action === 'use-and-refresh') this.#background.start()
        // Only use of a token that was there before counts: what was just obtained may never be needed again.
        if (round === 0) this.#background.isUsed = true
        return this.#use()
      }
      if (!('rung' in step) && this.#hasJustLooked()) throw errorForStep(credential, step)
      const outcome = await abortable(this.#answer(this.#renew(call), call), options.signal)
      // A sibling with another secret says nothing about ours: this one tries for itself.
      const isOfSibling = !outcome.ok && outcome.by !== undefined && outcome.by !== credential
      if (!outcome.ok && !(isOfSibling && round === 0)) return this.#useDespite(outcome.error, call)
    }
    const message = 'The access token was replaced again and again. Try again.'
    const error = new NetworkError(message, { code: 'server_unavailable', wasSent: false })
    return this.#useDespite(error, call)
  }

  #use(): string {
    const access = this.#credential.accessToken(this.#key)
    if (access === undefined) throw new Error('The policy chose to use an access token that does not exist.')
    return access.token
  }

  // A failed refresh takes nothing away from whoever still has a valid token.
  #useDespite(error: unknown, { calledAt, family }: Call): string {
    const credential = this.#credential
    const state = credential.policyState(this.#key)
    const isAlive = state.access !== undefined && (state.access.remainingMs ?? 1) > 0
    if (!isAlive || state.isSignedOut || isSupersededError(error)) throw error
    if (credential.isSupersededSince(calledAt, family)) throw supersededWhileWaiting()
    if (decide(state).action === 'reauthorize') throw error
    return this.#use()
  }

  #requestOf({ options, calledAt }: Call): PolicyRequest {
    const { minTtlMs, forceRefresh } = options
    return {
      minTtlMs,
      forceRefresh,
      isFreshest: this.#credential.variants.isRequestedSince(this.#key, calledAt),
    }
  }

  #hasJustLooked(): boolean {
    const { environment, lastReadMonotonicAt } = this.#credential
    return environment.clock.monotonic() - lastReadMonotonicAt < lookAgainMs
  }

  /** Joins the running renewal of this variant or starts one. It outlives whoever started it. */
  #renew(call?: Call): Promise<Outcome> {
    const { environment } = this.#credential
    const registry = flightsOf(environment.store)
    // A new sign-in neither joins the flight of the old one nor waits for its turn.
    const name = `${environment.key} ${this.#credential.held?.record.family ?? ''}`
    return singleFlight(registry, `${name} ${this.#key}`, () => {
      const request = (): PolicyRequest => (call ? this.#requestOf(call) : {})
      const renewal = new Renewal(this.#credential, this.#variant, request)
      const work = takeTurn(registry, name, () => renewal.run())
      environment.waitUntil(work)
      return work
    })
  }

  /**
   * What one caller waits for: the flight, but no longer than `timeoutMs`, and no longer than a second before the token
   * that is still held expires. The flight goes on: what left the machine may have been acted on.
   */
  #answer(flight: Promise<Outcome>, { calledAt }: Call): Promise<Outcome> {
    const { clock, timeoutMs, authorization } = this.#credential.environment
    const remainingMs = this.#credential.policyState(this.#key).access?.remainingMs ?? 0
    const patienceMs = calledAt + timeoutMs - clock.monotonic()
    const untilExpiryMs = remainingMs > 0 ? Math.max(0, remainingMs - 1000) : patienceMs
    const late = (): NetworkError => lateAnswer(authorization.server.tokenEndpoint)
    return within(clock, Math.min(patienceMs, untilExpiryMs), flight, late).catch((error: unknown) => ({
      ok: false,
      error,
    }))
  }

  /** Something new is held: prepare the fast path and the timer for it. */
  #settleIn(): void {
    this.#fresh = undefined
    if (this.#isDisposed || this.#credential.marks.isStale) return
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
function isPlain(options: GetAccessTokenOptions | undefined): boolean {
  if (options === undefined || options === null) return true
  return options.minTtlMs === undefined && !options.forceRefresh && !options.signal?.aborted
}

function checkOptions({ minTtlMs }: GetAccessTokenOptions): void {
  if (minTtlMs === undefined || (typeof minTtlMs === 'number' && minTtlMs >= 0)) return
  throw new ConfigurationError('getAccessToken cannot work', ['minTtlMs must be a number of milliseconds.'])
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
