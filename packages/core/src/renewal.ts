import { withClaim, withDead } from './commit.ts'
import { compareAndSet, writeClaim } from './conditional-write.ts'
import { contended } from './contended.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import { isStoreError, StoreError } from './errors/store-error.ts'
import { grantRequest, judgeFailure, redeem, refreshRequest, send } from './exchange.ts'
import { commitExchange, withoutEcho } from './exchange-commit.ts'
import type { Issued } from './exchange-commit.ts'
import type { FailedExchange } from './exchange.ts'
import { rememberFailure } from './failure-record.ts'
import type { Rung } from './failure.ts'
import { waitForForeignClaim } from './foreign-claim.ts'
import { heldForMs, stamp } from './held.ts'
import { adoptUnsaved, saveLate } from './late-save.ts'
import { newRecord } from './new-record.ts'
import { decide } from './refresh-policy.ts'
import type { DueReason, PolicyRequest, Step } from './refresh-policy.ts'
import { done, failed, superseded } from './renewal-outcome.ts'
import type { Outcome } from './renewal-outcome.ts'
import { renewWithoutStore } from './renewal-without-store.ts'
import { endClaim, flightsOf, redeemAlone } from './single-flight.ts'
import { errorForStep } from './step-error.ts'
import type { ExchangeResult, TokenRequest } from './token-endpoint.ts'
import type { StoredRefreshToken, TokenRecord } from './token-record.ts'
import { variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

type StepWithRung = Extract<Step, { rung: Rung }>

/** No renewal looks, claims or redeems more often than this: a contended record is a retryable error, not a loop. */
const mostAttempts = 20

/** At most two refresh tokens are redeemed in one renewal: ours, and the one a sibling left. */
const mostRedemptions = 2

/**
 * One renewal of one variant: look, claim, redeem, commit, and down the ladder where a rung is dead. The caller runs
 * at most one of these per family at a time in this process; across processes the claim does the same.
 */
export class Renewal {
  readonly #credential: Credential
  readonly #variant: Variant
  readonly #variantKey: string
  readonly #request: () => PolicyRequest
  readonly #createdAt: number
  #family: string | undefined
  #redemptions = 0
  #refusal: unknown

  constructor(credential: Credential, variant: Variant, request: () => PolicyRequest) {
    this.#credential = credential
    this.#variant = variant
    this.#variantKey = variantKey(variant)
    this.#request = request
    this.#createdAt = credential.environment.clock.monotonic()
    this.#family = credential.held?.record.family
  }

  async run(): Promise<Outcome> {
    const outcome = await this.#run()
    return outcome.ok ? outcome : { ...outcome, by: this.#credential }
  }

  async #run(): Promise<Outcome> {
    try {
      return await this.#lookAndClimb()
    } catch (error) {
      if (!isStoreError(error) || error.code === 'store_schema_unknown') return failed(error)
      const [credential, variant, request] = [this.#credential, this.#variant, this.#request()]
      return renewWithoutStore({ credential, variant, request, error }).catch(failed)
    }
  }

  async #lookAndClimb(): Promise<Outcome> {
    const credential = this.#credential
    adoptUnsaved(credential)
    await saveLate(credential)
    await credential.read()
    // What somebody asked for under one sign-in must not come from the next; a sign-in before that is simply adopted.
    if (credential.isSupersededSince(this.#createdAt, this.#family)) return failed(superseded())
    this.#family = credential.held?.record.family
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const outcome = await this.#next()
      if (outcome !== 'again') return outcome
    }
    return failed(contended())
  }

  async #next(): Promise<Outcome | 'again'> {
    const credential = this.#credential
    if (this.#isSuperseded()) return failed(superseded())
    const refused = credential.failures.refusedVariant(this.#variantKey)
    if (refused !== undefined) return failed(refused)
    const step = decide(credential.policyState(this.#variantKey), this.#request())
    if (!('rung' in step)) return this.#endOf(step)
    const waitMs = credential.foreignClaimMs(flightsOf(credential.environment.store).endedClaims)
    if (waitMs === 0) return this.#climb(step)
    if (step.action === 'use-and-refresh') return { ok: true, retryInMs: waitMs }
    await waitForForeignClaim(credential, waitMs)
    return 'again'
  }

  #endOf(step: Exclude<Step, StepWithRung>): Outcome {
    if (step.action === 'use') return done
    return failed(errorForStep(this.#credential, step, this.#refusal))
  }

  async #climb({ rung, because }: StepWithRung): Promise<Outcome | 'again'> {
    const credential = this.#credential
    const { environment } = credential
    const chosen = rung === 'refresh-token' ? credential.held?.record.refresh : undefined
    if (chosen && this.#redemptions >= mostRedemptions) {
      return failed(
        new StoreError('The refresh token was replaced again and again. Try again.', {
          code: 'store_contended',
        }),
      )
    }
    const request = await this.#prepare(chosen)
    // A credentials callback takes its time: what was decided before it may be wrong after a sign-in or sign-out.
    const base = credential.currentRecord() ?? newRecord(credential)
    const refresh = rung === 'refresh-token' ? base.refresh : undefined
    if (this.#isSuperseded() || base.signedOut || refresh?.hash !== chosen?.hash) return 'again'
    // What a look has brought meanwhile may be somebody's claim.
    const flights = flightsOf(environment.store)
    if (credential.foreignClaimMs(flights.endedClaims) > 0) return 'again'
    return redeemAlone(flights, refresh?.hash, () =>
      this.#exchange(request, { rung, because }, base, refresh),
    )
  }

  async #exchange(
    request: TokenRequest,
    { rung, because }: Pick<StepWithRung, 'rung' | 'because'>,
    base: TokenRecord,
    refresh: StoredRefreshToken | undefined,
  ): Promise<Outcome | 'again'> {
    const credential = this.#credential
    const { environment } = credential
    const claim = { id: newId(environment.random), refreshHash: refresh?.hash, holdMs: environment.holdMs }
    const isRetry = base.claim !== undefined && base.claim.refreshHash === refresh?.hash
    const claimedAt = stamp(environment.clock)
    try {
      if (!(await writeClaim(credential, withClaim(base, claim)))) return 'again'
      // Who slept past the hold may find that somebody else has taken over: nothing may be redeemed any more.
      const leftMs = environment.holdMs - heldForMs(claimedAt, environment.clock)
      if (leftMs <= 0) return 'again'
      this.#family ??= base.family
      if (refresh) this.#redemptions++
      environment.emit({ type: 'exchange-started', rung, because })
      const result = await (refresh ? redeem : send)(environment, request, leftMs)
      if (result.kind === 'issued') {
        const issued = refresh ? result : withoutEcho(result, request)
        return await this.#commit(issued, rung, because, base)
      }
      return await this.#settleFailure(result, rung, refresh, claim.id, isRetry)
    } finally {
      // Also if the store did not say whether the claim was written: nobody works on it any more.
      endClaim(flightsOf(environment.store), claim.id)
    }
  }

  #prepare(refresh: StoredRefreshToken | undefined): Promise<TokenRequest> | TokenRequest {
    if (refresh) return refreshRequest(refresh.token, this.#variant)
    const { grant } = this.#credential
    if (grant === undefined) throw new Error('The policy chose to repeat a grant that does not exist.')
    return grantRequest(this.#credential.environment, grant, this.#variant)
  }

  async #commit(issued: Issued, rung: Rung, because: DueReason, base: TokenRecord): Promise<Outcome> {
    const variant = this.#variantKey
    const persisted = await commitExchange(this.#credential, {
      issued,
      rung,
      because,
      base,
      variant,
    })
    return persisted === 'superseded' ? failed(superseded()) : done
  }

  async #settleFailure(
    result: Exclude<ExchangeResult, Issued>,
    rung: Rung,
    refresh: StoredRefreshToken | undefined,
    claimId: string,
    isRetry: boolean,
  ): Promise<Outcome | 'again'> {
    const credential = this.#credential
    const lifetimeMs = credential.accessToken(this.#variantKey)?.lifetimeMs
    const failure = judgeFailure(credential, result, rung, credential.grant, lifetimeMs)
    // Somebody signed in or out meanwhile: the failure of the old credential says nothing about theirs.
    if (this.#isSuperseded() || credential.held?.record.signedOut) return failed(superseded())
    const canDescend = rung === 'refresh-token' && credential.policyState(this.#variantKey).canRegrant
    if (refresh && failure.kind === 'grant-dead') return this.#bury(refresh, failure, claimId, isRetry)
    if (refresh && failure.kind === 'rung-unsupported' && canDescend) {
      const dead = { refreshHash: refresh.hash, reason: 'rung-unsupported' } as const
      await compareAndSet(credential, withDead(credential.currentRecord() ?? newRecord(credential), dead))
      return 'again'
    }
    await rememberFailure(credential, this.#variantKey, failure, refresh !== undefined, claimId)
    const { kind, error } = failure
    const retryAt = credential.environment.clock.wall() + failure.retryInMs
    credential.environment.emit({
      type: 'exchange-failed',
      rung,
      kind,
      code: error.code,
      message: error.message,
      retryAt: kind === 'credentials-rejected' ? undefined : retryAt,
    })
    return failed(error)
  }

  /** The server refused the refresh token for good. Look once more: a sibling may hold its successor. */
  async #bury(
    refresh: StoredRefreshToken,
    failure: FailedExchange,
    claimId: string,
    isRetry: boolean,
  ): Promise<Outcome | 'again'> {
    const credential = this.#credential
    await credential.read()
    const record = credential.currentRecord() ?? newRecord(credential)
    if (this.#isSuperseded()) return failed(superseded())
    if (record.refresh?.hash !== refresh.hash) return 'again'
    const isClaimedByOther =
      record.claim !== undefined && record.claim.id !== claimId && record.claim.holdMs > 0
    if (isClaimedByOther && credential.grant === undefined) return 'again'
    const reason = isRetry ? 'response-lost' : 'refresh-token-refused'
    this.#refusal = failure.error
    if (await compareAndSet(credential, withDead(record, { refreshHash: refresh.hash, reason }))) {
      credential.environment.emit({ type: 'refresh-token-died', reason })
    }
    return 'again'
  }

  #isSuperseded(): boolean {
    const record = this.#credential.held?.record
    return this.#family !== undefined && record !== undefined && record.family !== this.#family
  }
}
