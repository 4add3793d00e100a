import type { AuthorizationBase } from './authorization.ts'
import type { Grant } from './grants/grant.ts'
import { hex } from './token-record.ts'

const iterations = 100_000

/**
 * Names a configuration's secrets without telling them: salted, slow and truncated, so that a stored fingerprint helps
 * nobody to guess a password. A given `credentialVersion` takes the place of the secrets.
 */
export async function fingerprintOf(
  { client, provider, server }: AuthorizationBase,
  grant: Grant | undefined,
): Promise<string> {
  const { method, secrets } = client.authentication
  // All values, not only the secret ones: with a corrected user name the same password is another credential.
  const version = grant?.credentialVersion ?? (await grant?.parameters())?.values ?? null
  const input = JSON.stringify([client.clientId ?? null, method, secrets, version])
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(input), 'PBKDF2', false, [
    'deriveBits',
  ])
  const salt = new TextEncoder().encode(`evergrant ${provider} ${server.tokenEndpoint}`)
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 64)
  return hex(new Uint8Array(bits))
}
