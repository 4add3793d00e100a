import type { Credential } from './credential.ts'
import { decide } from './refresh-policy.ts'

/** A credential's state for display: immutable, the same object until something changes, and without a secret. */
export type TokenSnapshot =
  | { readonly status: 'pending' }
  | {
      readonly status: 'authenticated'
      /** Epoch milliseconds; undefined: the server named no lifetime. */
      readonly expiresAt: number | undefined
      readonly scope: string | undefined
      readonly hasRefreshToken: boolean
    }
  | { readonly status: 'unauthenticated'; readonly reason: 'signed-out' | 'refused' }

const pending: TokenSnapshot = Object.freeze({ status: 'pending' })

/** Takes a snapshot of the credential itself. */
export function snapshotOf(credential: Credential): TokenSnapshot {
  const record = credential.held?.record
  if (record?.signedOut) return Object.freeze({ status: 'unauthenticated', reason: 'signed-out' })
  const access = record?.access['']
  if (record?.dead && decide(credential.policyState('')).action === 'reauthorize')
    return Object.freeze({ status: 'unauthenticated', reason: 'refused' })
  if (record === undefined || access === undefined) return pending
  return Object.freeze({
    status: 'authenticated',
    expiresAt: credential.expiresAt(''),
    scope: access.scope,
    hasRefreshToken: record.refresh !== undefined,
  })
}
