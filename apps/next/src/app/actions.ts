'use server'

import { getSession } from '@evergrant/next'
import { redirect } from 'next/navigation'
import { signInWords } from '../lib/sign-in-words.ts'
import { sessions } from '../lib/tokens.ts'

/** What the form says after a try that failed. The password is not in it. */
export interface SignInOutcome {
  readonly message: string
  readonly username: string
  /** Tells two tries with the same message apart. */
  readonly triedAt: number
}

/**
 * Signs somebody in. A server action and not the auth route, because a form with an action works before any script has
 * run, and without one.
 */
export async function signIn(_before: SignInOutcome | undefined, form: FormData): Promise<SignInOutcome> {
  const username = textOf(form, 'username').trim()
  const password = textOf(form, 'password')
  const refused = (message: string): SignInOutcome => ({ message, username, triedAt: Date.now() })
  if (username === '' || password === '') return refused('Enter your user name and your password.')
  try {
    const session = await getSession(sessions())
    await session.signIn({ username, password })
  } catch (error) {
    return refused(signInWords(error, Date.now()))
  }
  // Outside of the try: Next redirects by throwing.
  redirect('/?session=signed-in')
}

/** Signs whoever asks out, here and at TRAVIS. A server action for the same reason, and because it needs no answer. */
export async function signOut(): Promise<void> {
  const session = await getSession(sessions())
  await session.signOut()
  redirect('/?session=signed-out')
}

// The fields of a request are what somebody sends, not what the form has.
function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.slice(0, 1024) : ''
}
