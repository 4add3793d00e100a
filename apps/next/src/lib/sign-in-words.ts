import { isConfigurationError, isTooManyAttemptsError } from '@evergrant/core'
import { outlineError } from '@evergrant/server'
import { waitWords } from './wording.ts'

/** Says why somebody could not sign in, and what to do about it. Nothing of the error itself is shown. */
export function signInWords(error: unknown, now: number): string {
  if (isTooManyAttemptsError(error))
    return `That was one try too many. Wait ${waitWords(error.retryAt - now)}, then try again.`
  if (isConfigurationError(error)) return 'This dashboard is not set up yet. Ask whoever runs it.'
  const status = outlineError(error, { now: () => now, isSignIn: true })?.status
  if (status === 401) return 'The user name or the password is wrong. Check both and try again.'
  if (status === 503)
    return 'TRAVIS does not answer at the moment, so nobody can sign in. Try again in a minute.'
  if (status === 502) return 'TRAVIS refused this dashboard itself. Ask whoever runs it.'
  return 'Signing in failed for a reason that is not yours. Try again in a minute.'
}
