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
    'rejected',
    { step: { action: 'use', because: 'guarded' }, accessToken: { ...accessToken, isRejected: true } },
  ],
  [
    'rejected',
    { step: { action: 'use', because: 'unanswered' }, accessToken: { ...accessToken, isRejected: true } },
  ],
  [
    'rejected',
    {
      step: { action: 'refresh', rung: 'refresh-token', because: 'rejected' },
      accessToken: { ...accessToken, isRejected: true },
    },
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

const rejected = { ...accessToken, isRejected: true }
const next = { action: 'refresh-token', at: 1_800_000_004_000 } as const

test.each<[string, object, Partial<Explanation> & Pick<Explanation, 'step'>]>([
  [
    'a refused token without a successor is no token, however long it would live on',
    {
      state: 'failing',
      message: 'The API refused the access token, and the server gave no new one.',
      retryAt: failure.retryAt,
    },
    { step: { action: 'use', because: 'backing-off' }, accessToken: rejected, failure },
  ],
  [
    'a token that is refused at once is replaced after the pause',
    {
      state: 'rejected',
      isRejected: true,
      message:
        'The API refused an access token that is only a moment old: the engine pauses before it asks for the next.',
      retryAt: next.at,
    },
    { step: { action: 'use', because: 'guarded' }, accessToken: rejected, next },
  ],
  [
    'a token that is refused like others before it is replaced after the pause',
    {
      state: 'rejected',
      message: 'The API refused the access token, and others before it: another one is not obtained yet.',
      retryAt: next.at,
    },
    {
      step: { action: 'use', because: 'unanswered' },
      summary:
        'The API refused the access token, and others before it: another one is not obtained yet. In 4 s the grant is used.',
      accessToken: rejected,
      next,
    },
  ],
  [
    'a pause that nobody waits for is not mentioned',
    { message: 'A sentence.', retryAt: undefined },
    { step: { action: 'use', because: 'guarded' }, accessToken, next },
  ],
  [
    'the time until the next attempt is left to the page',
    { message: 'Calls fail for now.', retryAt: failure.retryAt },
    {
      step: { action: 'wait-until', retryInMs: 1000, because: 'missing' },
      summary: 'Calls fail for now. In 12 s the exchange is tried again.',
      failure,
    },
  ],
])('%s', (_what, expected, given) => {
  const facts = { tokenRequests: 0, isConfigured: true }
  expect(describeCredential(explanation(given), facts)).toMatchObject(expected)
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
    isRejected: false,
    failure: 'No answer.',
    retryAt: 1_800_000_012_000,
    tokenRequests: 3,
  })
})
