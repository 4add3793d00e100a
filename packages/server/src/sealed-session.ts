import { EncryptJWT, decodeProtectedHeader, errors, jwtDecrypt } from 'jose'
import type { KeyRing } from '@evergrant/core/record'
import { isSessionSecret } from './session-id.ts'

/** What a sealed cookie holds. */
export interface SealedSession {
  /** The secret of the session's id. */
  readonly id: string
  readonly username: string | undefined
  /** When the session ends, in epoch milliseconds. */
  readonly expiresAt: number
  /** When it was sealed, in epoch milliseconds: the record's durations count from here. */
  readonly sealedAt: number
  /** A token record, serialised. */
  readonly record: string
}

const type = 'evergrant-session'

/** What the keys of sealed sessions are derived for. */
export const keyUse = 'evergrant session cookie'

/**
 * Seals a session: a JWE with `dir` and A256GCM. The id is in the protected header, so it is authenticated, and the key is derived from
 * it, so that what was sealed for one session or cookie opens no other.
 * @see RFC 7516, RFC 7518 §4.5 and §5.3
 */
export async function seal(session: SealedSession, keys: KeyRing, audience: string): Promise<string> {
  const kid = await keys.newestId()
  const { id, username, expiresAt, sealedAt, record } = session
  const key = await keys.derive(kid, purposeOf(audience, id))
  if (key === undefined) throw new Error('The key ring does not know its newest key.')
  return new EncryptJWT({ username, sealedAt, expiresAt, record })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: type, kid, sid: id })
    .setAudience(audience)
    .setIssuedAt(Math.floor(sealedAt / 1000))
    .setExpirationTime(Math.ceil(expiresAt / 1000))
    .encrypt(key)
}

/** Opens a sealed session; undefined: it is none of ours, was changed, is over, or its key is no longer in the ring. */
export async function unseal(
  sealed: string,
  keys: KeyRing,
  audience: string,
  now: number,
): Promise<SealedSession | undefined> {
  try {
    const { kid, sid } = decodeProtectedHeader(sealed)
    if (kid === undefined || typeof sid !== 'string' || !isSessionSecret(sid)) return undefined
    const key = await keys.derive(kid, purposeOf(audience, sid))
    if (key === undefined) return undefined
    const { payload } = await jwtDecrypt(sealed, key, {
      audience,
      currentDate: new Date(now),
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      typ: type,
    })
    return readPayload(sid, payload)
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}

function readPayload(id: string, payload: Readonly<Record<string, unknown>>): SealedSession | undefined {
  const { username, expiresAt, sealedAt, record } = payload
  if (typeof expiresAt !== 'number' || typeof sealedAt !== 'number' || typeof record !== 'string')
    return undefined
  return { id, username: typeof username === 'string' ? username : undefined, expiresAt, sealedAt, record }
}

function purposeOf(audience: string, id: string): string {
  return `${audience} ${id}`
}
