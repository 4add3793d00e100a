const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** `14:05:09`. */
export function timeOf(at: number): string {
  return clock.format(at)
}

/** Why somebody could not sign in. */
export function signInFailure(error: unknown): string {
  const { code, retryAt } = error as { readonly code?: string; readonly retryAt?: number }
  if (code === 'credentials_rejected') return 'The user name or the password is wrong.'
  if (code === 'too_many_attempts' && retryAt !== undefined)
    return `That were too many tries. Try again after ${timeOf(retryAt)}.`
  if (code === 'superseded') return 'Somebody signed in or out in another tab meanwhile.'
  return 'The server cannot be reached. Try again in a moment.'
}

/** Why an operation failed: what the library says, without the errors that it is wrapped in. */
export function operationFailure(error: unknown): string {
  const { code, message } = innermost(error) as { readonly code?: string; readonly message?: string }
  if (code === 'superseded') return 'Somebody else is signed in now.'
  if (code === 'reauthorization_required') return 'Nobody is signed in any more.'
  return `The operation failed: ${message ?? 'no answer came'}`
}

function innermost(error: unknown): object {
  const { networkError, cause } = Object(error) as { networkError?: unknown; cause?: unknown }
  const inner = networkError ?? cause
  return inner instanceof Error ? innermost(inner) : (Object(error) as object)
}
