import type { Authorization, AuthorizationBase } from './authorization.ts'
import type { Binding } from './token-record.ts'

/** Names the server, the client and the configured user that a record belongs to. */
export function bindingOf(authorization: AuthorizationBase & Pick<Partial<Authorization>, 'grant'>): Binding {
  const { server, client, grant } = authorization
  return {
    tokenEndpoint: server.tokenEndpoint,
    ...(server.issuer !== undefined && { issuer: server.issuer }),
    ...(client.clientId !== undefined && { clientId: client.clientId }),
    ...(grant?.subject !== undefined && { subject: shortHash(grant.subject) }),
  }
}

/** The default key of a credential: provider, a hash of its binding, and whom it stands for. */
export function credentialKey(provider: string, binding: Binding, userId?: string): string {
  const subject = userId === undefined ? 'application' : `user/${encodeURIComponent(userId)}`
  return `evergrant/${encodeURIComponent(provider)}/${shortHash(JSON.stringify(binding))}/${subject}`
}

/** FNV-1a, 64 bits. It tells keys apart and hides nothing; a collision is caught by comparing the binding itself. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
