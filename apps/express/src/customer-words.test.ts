import { expect, test } from 'vitest'

/** What the page's module has; it is JavaScript for a browser. */
type Words = (fault: {
  readonly message: string
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly retryAfterSeconds?: number | undefined
}) => string

const path = new URL('public/customer-words.js', import.meta.url).href
const { signInWords, vehiclesWords } = (await import(path)) as Readonly<
  Record<'signInWords' | 'vehiclesWords', Words>
>

const message = 'What the gateway says.'

test.each([
  [{ status: 401 }, 'TRAVIS does not accept this user name and password.'],
  [{ status: 429, retryAfterSeconds: 900 }, 'Too many wrong tries to sign in. Try again in 15 minutes.'],
  [{ status: 429, retryAfterSeconds: 91 }, 'Too many wrong tries to sign in. Try again in 2 minutes.'],
  [{ status: 429, retryAfterSeconds: 1 }, 'Too many wrong tries to sign in. Try again in 1 second.'],
  [{ status: 429 }, 'Too many wrong tries to sign in. Try again later.'],
  [{ status: 502 }, 'TRAVIS refuses this gateway, so nobody can sign in.'],
  [{ status: 503, retryAfterSeconds: 5 }, 'TRAVIS is not available at the moment. Try again in 5 seconds.'],
  [{ status: 503 }, 'TRAVIS is not available at the moment. Try again later.'],
  [{ status: 400 }, message],
  [{}, message],
])('a sign-in that is answered %j fails in words', (answered, words) => {
  expect(signInWords({ ...answered, message })).toBe(words)
})

test.each([
  [{ status: 401, code: 'reauthorization_required' }, 'The session has ended. Please sign in again.'],
  [{ status: 401 }, 'TRAVIS answered 401: it refused the access token. You are still signed in.'],
  [{ status: 403 }, 'TRAVIS answered 403. This customer may not see vehicles.'],
  [{ status: 409, code: 'session_changed' }, 'Somebody else has signed in from this browser.'],
  [{ status: 500 }, 'TRAVIS answered 500.'],
  [{ status: 502, code: 'upstream_unreachable' }, message],
  [{}, message],
])('vehicles that are answered %j are missing in words', (answered, words) => {
  expect(vehiclesWords({ ...answered, message })).toBe(words)
})
