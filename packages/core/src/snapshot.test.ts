import { describe, expect, test } from 'vitest'
import type { Credential } from './credential.ts'
import type { PolicyState } from './refresh-policy.ts'
import { snapshotOf } from './snapshot.ts'
import type { TokenRecord } from './token-record.ts'
import { accessState, policyState, tokenRecord } from './units.test-support.ts'

function snapshot(
  record: TokenRecord | undefined,
  state: Partial<PolicyState> = {},
): ReturnType<typeof snapshotOf> {
  const credential: Pick<Credential, 'held' | 'expiresAt' | 'policyState'> = {
    held: record && { etag: '1', record, writtenMonotonicAt: 0, writtenWallAt: 0 },
    expiresAt: () => 290_000,
    policyState: () => policyState(state),
  }
  return snapshotOf(credential as Credential)
}

const dead = { refreshHash: 'hash-1', reason: 'refresh-token-refused' } as const

describe('a snapshot', () => {
  test('is pending while nothing is held', () => {
    expect(snapshot(undefined)).toEqual({ status: 'pending' })
    expect(snapshot(tokenRecord({ access: {}, refresh: undefined }))).toEqual({ status: 'pending' })
  })

  test('C86 says until when somebody is signed in, without a secret, and cannot be changed', () => {
    const taken = snapshot(tokenRecord())
    expect(taken).toEqual({
      status: 'authenticated',
      expiresAt: 290_000,
      scope: undefined,
      hasRefreshToken: true,
    })
    expect(Object.isFrozen(taken)).toBe(true)
  })

  test('says that somebody signed out', () => {
    const expected = { status: 'unauthenticated', reason: 'signed-out' }
    expect(snapshot(tokenRecord({ signedOut: true }), { isSignedOut: true })).toEqual(expected)
  })

  test('says that the session is over once the refresh token is dead and the access token has expired', () => {
    const refresh = { status: 'dead' } as const
    const expired = { refresh, access: accessState({ remainingMs: 0 }) }
    expect(snapshot(tokenRecord({ dead }), expired)).toEqual({ status: 'unauthenticated', reason: 'refused' })
    expect(snapshot(tokenRecord({ dead, access: {} }), { refresh, access: undefined })).toMatchObject({
      reason: 'refused',
    })
  })

  test('of a dead refresh token is signed in while the access token lives or the grant can be repeated', () => {
    const refresh = { status: 'dead' } as const
    expect(snapshot(tokenRecord({ dead }), { refresh }).status).toBe('authenticated')
    const expired = { refresh, access: accessState({ remainingMs: 0 }), canRegrant: true }
    expect(snapshot(tokenRecord({ dead }), expired).status).toBe('authenticated')
    const absent = { refresh, access: undefined, canRegrant: true }
    expect(snapshot(tokenRecord({ dead, access: {} }), absent).status).toBe('pending')
  })
})
