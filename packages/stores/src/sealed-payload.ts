import { StoreError } from '@evergrant/core'
import type { KeyRing } from '@evergrant/core/record'

const mark = 'evergrant-sealed.1'
const nonceBytes = 12

/** Encrypts a payload for one key of the store: moved to another key it cannot be decrypted. */
export async function seal(ring: KeyRing, key: string, payload: string): Promise<string> {
  const id = await ring.newestId()
  const secret = await cipherKey(ring, id, key)
  if (secret === undefined) throw new Error('The key ring is empty.')
  const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const cipher = { name: 'AES-GCM', iv, additionalData: boundTo(id, key) }
  const sealed = await crypto.subtle.encrypt(cipher, secret, new TextEncoder().encode(payload))
  return [mark, id, toText(iv), toText(new Uint8Array(sealed))].join('.')
}

/**
 * Decrypts what {@link seal} made.
 * @throws {StoreError} `store_schema_unknown`: it was not sealed, with a key that is gone, for another key, or changed
 */
export async function unseal(ring: KeyRing, key: string, sealed: string): Promise<string> {
  if (!sealed.startsWith(`${mark}.`)) throw unreadable('is not encrypted', 'Sign in again under another key')
  const [id = '', iv = '', text = ''] = sealed.slice(mark.length + 1).split('.')
  const secret = await cipherKey(ring, id, key)
  if (secret === undefined)
    throw unreadable('was encrypted with a key that is not among "keys"', 'Add that key again')
  try {
    const cipher = { name: 'AES-GCM', iv: toBytes(iv), additionalData: boundTo(id, key) }
    return new TextDecoder().decode(await crypto.subtle.decrypt(cipher, secret, toBytes(text)))
  } catch {
    throw unreadable('was changed, or belongs to another key', 'Restore it, or remove it to start afresh')
  }
}

async function cipherKey(ring: KeyRing, id: string, key: string): Promise<CryptoKey | undefined> {
  const bits = await ring.derive(id, key)
  return bits && crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function unreadable(what: string, advice: string): StoreError {
  return new StoreError(`A record in the token store ${what}. It was left untouched. ${advice}.`, {
    code: 'store_schema_unknown',
  })
}

function boundTo(id: string, key: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([mark, id, key]))
}

function toText(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCodePoint(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, letter => letter.codePointAt(0) ?? 0)
}
