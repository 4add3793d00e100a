import type { Credential } from './credential.ts'
import { StoreError } from './errors/store-error.ts'
import { grantRequest, judgeFailure, redeem, refreshRequest, send } from './exchange.ts'
import type { FailedExchange } from './exchange.ts'
import { commitExchange, withoutEcho } from './exchange-commit.ts'
import type { Rung } from './failure.ts'
import type { Grant } from './grants/grant.ts'
import { newRecord } from './new-record.ts'
import { decide } from './refresh-policy.ts'
import type { DueReason, PolicyRequest } from './refresh-policy.ts'
import { done, failed, superseded } from './renewal-outcome.ts'
import type { Outcome } from './renewal-outcome.ts'
import { flightsOf } from './single-flight.ts'
import { errorForStep } from './step-error.ts'
import type { ExchangeResult } from './token-endpoint.ts'
import type { StoredRefreshToken, TokenRecord } from './token-record.ts'
import { variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

/** A renewal that the store let down. */
export interface RenewalWithoutStore {
  readonly credential: Credential
  readonly variant: Variant
  readonly request: PolicyRequest
  readonly error: StoreError
}

/**
 * The store is down: only what the server can give again without harm is asked for, and the refresh token is redeemed
 * only if the caller chose that (`onStoreOutage`). What comes is kept in memory until the store works again.
 */
export async function renewWithoutStore(renewal: RenewalWithoutStore): Promise<Outcome> {
  const { credential, variant, request, error } = renewal
  const step = decide(credential.policyState(variantKey(variant)), request)
  if (step.action === 'use') return done
  // Of a record that nobody has seen nothing is known, least of all that nobody signed in.
  if (!('rung' in step)) return failed(credential.held === undefined ? error : errorForStep(credential, step))
  const { grant, hasSucceeded } = credential
  const isSafe = !grant?.needsClaim || (hasSucceeded && error.code === 'store_unavailable')
  if (grant !== undefined && isSafe) return repeatGrant(renewal, grant, step.because)
  const refresh = credential.held?.record.refresh
  const isDue = step.action === 'refresh' && step.rung === 'refresh-token'
  if (!isDue || refresh === undefined || !mayRedeem(credential, error)) return failed(error)
  return redeemUnclaimed(renewal, refresh, step.because)
}

// A store that others write all the time is up: the claim is what they write. And nobody passes a claim that was seen.
function mayRedeem(credential: Credential, { code }: StoreError): boolean {
  const { environment } = credential
  if (environment.onStoreOutage !== 'refresh' || code !== 'store_unavailable') return false
  return credential.foreignClaimMs(flightsOf(environment.store).endedClaims) === 0
}

async function repeatGrant(renewal: RenewalWithoutStore, grant: Grant, because: DueReason): Promise<Outcome> {
  const { credential, variant, error } = renewal
  const { environment } = credential
  environment.emit({ type: 'degraded', message: `${error.message} The grant is repeated without it.` })
  // As of now: somebody may sign in while the answer is under way, and these tokens are not theirs.
  const base = credential.currentRecord() ?? newRecord(credential)
  const request = await grantRequest(environment, grant, variant)
  const result = await send(environment, request, environment.holdMs)
  if (result.kind === 'issued')
    return commit(renewal, base, withoutEcho(result, request), { rung: 're-grant', because })
  const failure = judgeFailure(credential, result, 're-grant', grant, undefined)
  await note(credential, failure)
  return failed(failure.error)
}

async function redeemUnclaimed(
  renewal: RenewalWithoutStore,
  refresh: StoredRefreshToken,
  because: DueReason,
): Promise<Outcome> {
  const { credential, variant, error } = renewal
  const { environment } = credential
  const message = `${error.message} The refresh token is used without it.`
  environment.emit({ type: 'degraded', message })
  const base = credential.currentRecord() ?? newRecord(credential)
  const result = await redeem(environment, refreshRequest(refresh.token, variant), environment.holdMs)
  if (result.kind === 'issued') return commit(renewal, base, result, { rung: 'refresh-token', because })
  const failure = judgeFailure(credential, result, 'refresh-token', undefined, undefined)
  if (failure.kind !== 'grant-dead') {
    await note(credential, failure)
    return failed(failure.error)
  }
  // Another process may have used it, and only the store knows: that is no reason to end the session.
  const words = `${error.message} The refresh token that this process knows is refused; the store may hold a newer one.`
  const unknown = new StoreError(words)
  await note(credential, { ...failure, kind: 'transient', error: unknown })
  return failed(unknown)
}

async function commit(
  { credential, variant, error: storeError }: RenewalWithoutStore,
  base: TokenRecord,
  issued: Extract<ExchangeResult, { kind: 'issued' }>,
  { rung, because }: { readonly rung: Rung; readonly because: DueReason },
): Promise<Outcome> {
  const exchange = { issued, rung, because, base, variant: variantKey(variant), storeError }
  const persisted = await commitExchange(credential, exchange)
  return persisted === 'superseded' ? failed(superseded()) : done
}

async function note(
  credential: Credential,
  { kind, error, retryInMs }: Pick<FailedExchange, 'kind' | 'error' | 'retryInMs'>,
): Promise<void> {
  const fingerprint = kind === 'transient' ? '' : await credential.fingerprint()
  const attempts = credential.failures.attempts(credential.held) + 1
  credential.failures.note({ kind, fingerprint, attempts, retryInMs }, error)
}
