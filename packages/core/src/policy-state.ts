import type { Credential } from './credential.ts'
import { remainingOf } from './held.ts'
import type { PolicyState } from './refresh-policy.ts'
import type { TokenRecord } from './token-record.ts'

/** What the refresh policy looks at: one variant of a credential, as of now. */
export function policyStateOf(credential: Credential, variant: string): PolicyState {
  const { environment, held, grant, slowestMs } = credential
  const access = credential.accessToken(variant)
  const state = credential.variants.get(variant)
  const standing = credential.standingFailure()
  const isBlocked = standing?.failure.kind === 'credentials-rejected'
  return {
    access: held && access && state?.accessState(access, held),
    refresh: refreshStateOf(credential),
    canRegrant: grant !== undefined && !isBlocked,
    firstRung: environment.authorization.server.firstRung ?? 'refresh-token',
    slowestMs,
    draw: state?.draw ?? 0,
    backOffMs: isBlocked ? 0 : Math.max(0, standing?.retryInMs ?? 0),
    guardMs: state?.guardMs() ?? 0,
    personReason: personReason(held?.record),
    isSignedOut: held?.record.signedOut === true,
  }
}

function refreshStateOf({ held, environment }: Credential): PolicyState['refresh'] {
  const refresh = held?.record.refresh
  const dead = held?.record.dead
  if (refresh === undefined) return { status: dead ? 'dead' : 'none' }
  if (dead && dead.refreshHash === refresh.hash) return { status: 'dead' }
  const remainingMs = remainingOf(held, refresh.remainingAtWriteMs, environment.clock)
  return { status: remainingMs !== undefined && remainingMs <= 0 ? 'expired' : 'usable', remainingMs }
}

function personReason(record: TokenRecord | undefined): PolicyState['personReason'] {
  if (record === undefined) return 'never-signed-in'
  if (record.signedOut) return 'signed-out'
  if (record.dead) return record.dead.reason === 'response-lost' ? 'response-lost' : 'refresh-token-refused'
  return record.refresh ? 'refresh-token-refused' : 'no-refresh-token'
}
