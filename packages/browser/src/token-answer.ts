import { isName, isToken } from './untrusted.ts'
import type { Members } from './untrusted.ts'

/** What is asked of the token route. */
export interface TokenQuestion {
  readonly signInId: string
  readonly scope?: string | undefined
  readonly minTtlMs?: number | undefined
  readonly forceRefresh?: boolean | undefined
}

/** What the token route answers. */
export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresInMs: number | undefined
  readonly signInId: string
}

/** Reads an answer of the token route; undefined: it is none. */
export function readTokenAnswer(members: Members): TokenAnswer | undefined {
  const { accessToken, expiresInMs, signInId } = members
  if (!isToken(accessToken) || !isName(signInId)) return undefined
  // A token that has ended already would be asked for again and again.
  if (expiresInMs !== undefined && !(typeof expiresInMs === 'number' && expiresInMs > 0)) return undefined
  return { accessToken, expiresInMs, signInId }
}
