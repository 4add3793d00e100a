import { withFailure, withoutClaim } from './commit.ts'
import type { Credential } from './credential.ts'
import type { FailedExchange } from './exchange.ts'
import { compareAndSet } from './conditional-write.ts'
import { newRecord } from './new-record.ts'
import { windowsOf } from './refresh-policy.ts'
import type { StoredFailure, TokenRecord } from './token-record.ts'

/**
 * Writes a failure down, so that the whole fleet backs off, and ends the claim.
 * @throws {StoreError} the store could not be told; this process remembers all the same
 */
export async function rememberFailure(
  credential: Credential,
  variant: string,
  failure: FailedExchange,
  isRedemption: boolean,
  claimId?: string,
): Promise<void> {
  const { failures, held } = credential
  if (failure.kind === 'variant-refused' && variant !== '') {
    failures.refuseVariant(variant, failure.error, failure.retryInMs)
    const record = credential.currentRecord() ?? newRecord(credential)
    await compareAndSet(credential, keepingForeignClaim(record, withoutClaim(record, false), claimId))
    return
  }
  const stored: StoredFailure = {
    kind: failure.kind,
    fingerprint: failure.kind === 'transient' ? '' : await credential.fingerprint(),
    attempts: failures.attempts(held) + 1,
    retryInMs:
      isRedemption && failure.isAmbiguous ? patienceMs(credential, variant, failure) : failure.retryInMs,
    ...(failure.serverError !== undefined && { error: failure.serverError }),
    ...(failure.status !== undefined && { status: failure.status }),
  }
  failures.note(stored, failure.error)
  const record = credential.currentRecord() ?? newRecord(credential)
  const failed = withFailure(record, stored, failure.isAmbiguous)
  await compareAndSet(credential, keepingForeignClaim(record, failed, claimId))
}

// Only the own claim ends: whoever holds another one is still at work.
function keepingForeignClaim(
  before: TokenRecord,
  after: TokenRecord,
  claimId: string | undefined,
): TokenRecord {
  const { claim } = before
  return claim === undefined || claim.id === claimId ? after : { ...after, claim }
}

// A strict server may have used the token up: while the access token lives, another try can only do harm.
function patienceMs(credential: Credential, variant: string, { retryInMs }: FailedExchange): number {
  const { rotation } = credential.environment.authorization.server
  const isStrict = !['none', 'reusable'].includes(rotation?.mode ?? 'unknown') && !rotation?.graceMs
  const { access, slowestMs } = credential.policyState(variant)
  if (!isStrict || access?.remainingMs === undefined || access.lifetimeMs === undefined) return retryInMs
  return Math.max(retryInMs, access.remainingMs - windowsOf(access.lifetimeMs, slowestMs).mandatoryMs)
}
