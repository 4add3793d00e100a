import { describe, expect, test } from 'vitest'
import { accessFreshForMs, decideAccess } from './access-policy.ts'
import type { AccessPolicyState, AccessState, AccessStep, PolicyRequest } from './access-policy.ts'

const state = (
  access: Partial<AccessState> | undefined,
  rest: Partial<AccessPolicyState> = {},
): AccessPolicyState => ({
  access: access && {
    lifetimeMs: 300_000,
    remainingMs: 200_000,
    isRejected: false,
    rejectionWaitMs: 0,
    isClockTurnedBack: false,
    ...access,
  },
  slowestMs: 100,
  draw: 0,
  backOffMs: 0,
  guardMs: 0,
  ...rest,
})

describe('for the access token alone', () => {
  test.each<[string, AccessPolicyState, PolicyRequest, Partial<AccessStep>]>([
    ['a fresh one is used', state({}), {}, { action: 'use', because: 'fresh' }],
    ['none is obtained', state(undefined), {}, { action: 'renew', isUsable: false, isBackground: false }],
    [
      'one that ends soon is used meanwhile',
      state({ remainingMs: 50_000 }),
      {},
      { action: 'renew', because: 'advisory-window', isBackground: true },
    ],
    [
      'one that was refused is waited for, though it lives',
      state({ isRejected: true }),
      {},
      { action: 'renew', because: 'rejected', isUsable: true, isBackground: false },
    ],
    [
      'one that was refused again is used until its time comes',
      state({ isRejected: true, rejectionWaitMs: 9 }),
      {},
      { action: 'use', because: 'unanswered' },
    ],
    [
      'one that was just obtained is not forced',
      state({}, { guardMs: 9 }),
      { forceRefresh: true },
      { action: 'use', because: 'guarded' },
    ],
    [
      'a failure is waited out without one that lives',
      state({ remainingMs: 0 }, { backOffMs: 9 }),
      {},
      { action: 'wait-until', retryInMs: 9, because: 'expired' },
    ],
  ])('%s', (_what, given, request, step) => {
    expect(decideAccess(given, request)).toMatchObject(step)
  })

  test('an end of the refresh token comes first, where only a person follows it', () => {
    expect(accessFreshForMs(state({}))).toBe(140_000)
    expect(accessFreshForMs(state({}), 100_000)).toBe(40_000)
    expect(decideAccess(state({}), {}, 50_000)).toMatchObject({ because: 'refresh-token-expires' })
  })
})
