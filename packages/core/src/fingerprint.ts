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
  const secrets = grant?.credentialVersion ?? (grant ? (await grant.parameters()).secrets.join('\n') : '')
  const input = [client.clientId ?? '', ...client.authentication.secrets, secrets].join('\n')
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(input), 'PBKDF2', false, [
    'deriveBits',
  ])
  const salt = new TextEncoder().encode(`evergrant ${provider} ${server.tokenEndpoint}`)
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 64)
  return hex(new Uint8Array(bits))
}
