import type { Explanation } from '@evergrant/core'
import { expect, test } from 'vitest'
import { describeCredential } from './describe-credential.ts'

const accessToken = {
  expiresAt: 1_800_000_300_000,
  remainingMs: 200_000,
  lifetimeMs: 300_000,
  advisoryMs: 60_000,
  mandatoryMs: 30_000,
  isRejected: false,
}
const failure = { message: 'No answer.', retryAt: 1_800_000_012_000 }

function explanation(given: Partial<Explanation> & Pick<Explanation, 'step'>): Explanation {
  return {
    provider: 'truphone',
    summary: 'A sentence.',
    next: undefined,
    accessToken: undefined,
    refreshToken: { status: 'none', expiresAt: undefined },
    canRegrant: true,
    failure: undefined,
    ...given,
  }
}

test.each<[string, Partial<Explanation> & Pick<Explanation, 'step'>]>([
  ['unused', { step: { action: 're-grant', rung: 're-grant', because: 'missing' } }],
  ['fresh', { step: { action: 'use', because: 'fresh' }, accessToken }],
  [
    'renewing',
    { step: { action: 'use', because: 'guarded' }, accessToken: { ...accessToken, isRejected: true } },
  ],
  ['struggling', { step: { action: 'use', because: 'backing-off' }, accessToken, failure }],
  [
    'renewing',
    { step: { action: 'use-and-refresh', rung: 're-grant', because: 'advisory-window' }, accessToken },
  ],
  ['renewing', { step: { action: 'refresh', rung: 'refresh-token', because: 'expired' }, accessToken }],
  ['failing', { step: { action: 're-grant', rung: 're-grant', because: 'missing' }, failure }],
  ['failing', { step: { action: 'wait-until', retryInMs: 1000, because: 'missing' }, failure }],
  ['sign-in-needed', { step: { action: 'reauthorize', reason: 'refresh-token-refused' } }],
  ['refused', { step: { action: 'reauthorize', reason: 'refresh-token-refused' }, failure }],
])('%s: %j', (state, given) => {
  expect(describeCredential(explanation(given), { tokenRequests: 0, isConfigured: true }).state).toBe(state)
})

test('a person whose password was refused has to sign in', () => {
  const refused = explanation({ step: { action: 'reauthorize', reason: 'refresh-token-refused' }, failure })
  expect(describeCredential(refused, { tokenRequests: 1, isConfigured: false }).state).toBe('sign-in-needed')
})

test('takes over the sentence, the expiry, the failure and the count', () => {
  const step = { action: 'use', because: 'backing-off' } as const
  const facts = { tokenRequests: 3, isConfigured: true }
  expect(describeCredential(explanation({ step, accessToken, failure }), facts)).toEqual({
    state: 'struggling',
    message: 'A sentence.',
    expiresAt: 1_800_000_300_000,
    lifetimeMs: 300_000,
    failure: 'No answer.',
    retryAt: 1_800_000_012_000,
    tokenRequests: 3,
  })
})
