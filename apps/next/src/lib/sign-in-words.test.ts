import {
  AuthorizationServerError,
  ConfigurationError,
  NetworkError,
  TooManyAttemptsError,
} from '@evergrant/core'
import { expect, test } from 'vitest'
import { signInWords } from './sign-in-words.ts'

const now = 1_000_000
const secret = 'fake-secret-of-the-server'
const refused = (code: 'credentials_rejected' | 'client_misconfigured'): Error =>
  new AuthorizationServerError(secret, {
    code,
    error: 'invalid_grant',
    errorDescription: secret,
    status: 400,
  })

test.each([
  ['a wrong password', refused('credentials_rejected'), /wrong. Check both/],
  ['a client that is refused', refused('client_misconfigured'), /refused this dashboard/],
  ['an outage', new NetworkError(secret, { code: 'network_error', wasSent: true }), /does not answer/],
  ['too many tries', new TooManyAttemptsError(secret, { retryAt: now + 900_000 }), /Wait 15 minutes/],
  ['a missing variable', new ConfigurationError(secret, []), /not set up/],
  ['what nobody expected', new TypeError(secret), /not yours/],
])('%s is told in words, and nothing of the error', (_, error, expected) => {
  const words = signInWords(error, now)
  expect(words).toMatch(expected)
  expect(words).not.toContain(secret)
})
