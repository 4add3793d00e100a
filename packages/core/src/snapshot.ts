import type { Credential } from './credential.ts'

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
  if (record === undefined || access === undefined) {
    return record?.dead ? Object.freeze({ status: 'unauthenticated', reason: 'refused' }) : pending
  }
  return Object.freeze({
    status: 'authenticated',
    expiresAt: credential.expiresAt(''),
    scope: access.scope,
    hasRefreshToken: record.refresh !== undefined,
  })
}
