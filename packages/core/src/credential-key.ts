import type { Authorization, AuthorizationBase } from './authorization.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { shortHash } from './short-hash.ts'
import type { Binding } from './token-record.ts'

/** Names the server, the client and the configured user that a record belongs to. */
export function bindingOf(authorization: AuthorizationBase & Pick<Partial<Authorization>, 'grant'>): Binding {
  const { server, client, grant } = authorization
  return {
    tokenEndpoint: server.tokenEndpoint,
    ...(server.issuer !== undefined && { issuer: server.issuer }),
    ...(client.clientId !== undefined && { clientId: client.clientId }),
    ...(grant && { grant: grant.grantType }),
    ...(grant?.subject !== undefined && { subject: shortHash(grant.subject) }),
    ...(grant?.seed !== undefined && { seed: grant.seed }),
    ...(grant?.scope && { scope: grant.scope }),
  }
}

/** The default key of a credential: provider, a hash of its binding, and whom it stands for. */
export function credentialKey(provider: string, binding: Binding, userId?: string): string {
  const subject = userId === undefined ? 'application' : `user/${encoded(userId)}`
  return `evergrant/${encodeURIComponent(provider)}/${shortHash(JSON.stringify(binding))}/${subject}`
}

function encoded(userId: string): string {
  try {
    return encodeURIComponent(userId)
  } catch {
    throw new ConfigurationError('A user needs an id', ['The id holds half a character (a lone surrogate).'])
  }
}
