import { isName } from './untrusted.ts'
import type { Members } from './untrusted.ts'

/** Who holds the access token: the server, which sends requests itself, or this page. */
export type BrowserMode = 'proxy' | 'mediated'

/** Somebody is signed in. */
export interface SignedIn {
  readonly status: 'authenticated'
  readonly mode: BrowserMode
  readonly signInId: string
  readonly username: string | undefined
}

/** Who is signed in, as the server says. */
export type ServerSession = SignedIn | { readonly status: 'unauthenticated'; readonly mode: BrowserMode }

/** The id of a sign-in; undefined: nobody is signed in, or nothing is known. */
export function signInIdOf(session: ServerSession | undefined): string | undefined {
  return session?.status === 'authenticated' ? session.signInId : undefined
}

/** Whether two answers are about the same sign-in in the same mode. */
export function isSameSession(before: ServerSession | undefined, next: ServerSession): boolean {
  return (
    before?.status === next.status && before.mode === next.mode && signInIdOf(before) === signInIdOf(next)
  )
}

/** Reads an answer of the session and sign-in routes; undefined: it is none. */
export function readSession({ status, mode, signInId, username }: Members): ServerSession | undefined {
  if (mode !== 'proxy' && mode !== 'mediated') return undefined
  if (status === 'unauthenticated') return { status, mode }
  if (status !== 'authenticated' || !isName(signInId)) return undefined
  return { status, mode, signInId, username: typeof username === 'string' ? username : undefined }
}

/** Reads an answer of the sign-out route: whether the provider confirmed it; undefined: it is none. */
export function readSignedOut({ status, isProviderSessionEnded }: Members): boolean | undefined {
  return status === 'unauthenticated' ? isProviderSessionEnded === true : undefined
}
