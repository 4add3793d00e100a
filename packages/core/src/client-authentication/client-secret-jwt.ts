import { ClientSecretJwt } from 'oauth4webapi'
import type { ClientAuthentication } from './client-authentication.ts'
import { fromOauth4webapi } from './from-oauth4webapi.ts'
import { requireSecret } from './require-secret.ts'

/**
 * Proves knowledge of the secret by a signed assertion, a new one for each request. Its audience is the issuer, which
 * the authorization server's data must name.
 * @throws {ConfigurationError} the secret is empty
 * @see RFC 7523 §2.2
 */
export function clientSecretJwt(clientSecret: string): ClientAuthentication {
  requireSecret('clientSecretJwt', clientSecret)
  return fromOauth4webapi('client_secret_jwt', ClientSecretJwt(clientSecret), [clientSecret])
}
