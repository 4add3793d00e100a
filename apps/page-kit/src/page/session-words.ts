const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** `14:05:09`. */
export function timeOf(at: number): string {
  return clock.format(at)
}

/** Who is signed in, as far as it is known. */
export function sessionSentence(status: string, username: string | undefined): string {
  if (status === 'authenticated') return `Signed in as ${username}`
  if (status === 'unauthenticated') return 'Nobody is signed in'
  if (status === 'error') return 'The server cannot be reached; asking again by itself'
  return 'One moment …'
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
