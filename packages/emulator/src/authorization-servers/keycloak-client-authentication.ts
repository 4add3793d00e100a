import { basicCredentials } from '../http/authorization-header.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { KeycloakClient, KeycloakRealm } from './keycloak-realm.ts'

/** Returns the client id that a request claims, by header or form. */
export function claimedClientId(request: Request, form: URLSearchParams): string | undefined {
  const basic = basicCredentials(request)
  return form.get('client_id') ?? (typeof basic === 'object' ? basic.clientId : undefined)
}

/**
 * Authenticates the client by `client_secret_basic` or `client_secret_post`, both of which Keycloak takes.
 * The answers are those of Keycloak 20 and later: whoever names no client that exists gets `invalid_client`, a
 * missing or wrong secret gets `unauthorized_client`; both are 401 with the same description.
 * @throws {ProtocolError} the client is not authenticated
 */
export function authenticateClient(
  realm: KeycloakRealm,
  request: Request,
  form: URLSearchParams,
): KeycloakClient {
  const basic = basicCredentials(request)
  if (basic === 'malformed' && !form.has('client_id')) {
    throw new ProtocolError(401, 'invalid_client', 'Invalid client or Invalid client credentials', {
      'www-authenticate': `Basic realm="${realm.name}"`,
    })
  }
  // Keycloak itself lets the form overrule the header. RFC 6749 §2.3 forbids to use both, other servers refuse it,
  // and an emulator that tolerated it would hide the mistake.
  if (basic && form.has('client_secret')) {
    throw new ProtocolError(400, 'invalid_request', 'Multiple client authentication methods in one request')
  }
  const clientId = claimedClientId(request, form)
  const client = realm.clients.find(candidate => candidate.clientId === clientId)
  if (!client) throw new ProtocolError(401, 'invalid_client', 'Invalid client or Invalid client credentials')
  const secret = form.get('client_secret') ?? (typeof basic === 'object' ? basic.clientSecret : undefined)
  if (secret !== client.clientSecret) {
    throw new ProtocolError(401, 'unauthorized_client', 'Invalid client or Invalid client credentials')
  }
  return client
}
