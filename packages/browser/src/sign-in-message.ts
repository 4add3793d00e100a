import { isName, objectOf } from './untrusted.ts'

/** What tabs of one origin tell each other of who is signed in. */
export type SignInMessage =
  /** Somebody signed in. Who it is, the server tells. */
  | { readonly type: 'signed-in'; readonly signInId: string }
  /** This sign-in has ended; undefined: whichever it was. */
  | { readonly type: 'signed-out'; readonly signInId?: string | undefined }

/** Reads what another script of this origin sent; undefined: it is no such message. */
export function readSignInMessage(data: unknown): SignInMessage | undefined {
  const { type, signInId } = objectOf(data)
  if (type === 'signed-in' && isName(signInId)) return { type, signInId }
  if (type === 'signed-out' && (signInId === undefined || isName(signInId))) return { type, signInId }
  return undefined
}
