import type { ClientAuth } from 'oauth4webapi'
import { hideSecrets } from '../redact.ts'
import type { ClientAuthentication } from './client-authentication.ts'

/** Wraps a method of oauth4webapi, which is certified, into ours. */
export function fromOauth4webapi(
  method: string,
  authenticate: ClientAuth,
  secrets: readonly string[],
): ClientAuthentication {
  const authentication: ClientAuthentication = {
    method,
    secrets,
    authenticate: ({ issuer, tokenEndpoint, clientId, body, headers }) =>
      authenticate(
        { issuer: issuer ?? tokenEndpoint, token_endpoint: tokenEndpoint },
        { client_id: clientId },
        body,
        headers,
      ),
  }
  return hideSecrets(authentication, () => ({ method }))
}
