import { ClientSecretPost } from 'oauth4webapi'
import type { ClientAuthentication } from './client-authentication.ts'
import { fromOauth4webapi } from './from-oauth4webapi.ts'
import { requireSecret } from './require-secret.ts'

/**
 * Sends id and secret in the form body.
 * @throws {ConfigurationError} the secret is empty
 * @see RFC 6749 §2.3.1
 */
export function clientSecretPost(clientSecret: string): ClientAuthentication {
  requireSecret('clientSecretPost', clientSecret)
  return fromOauth4webapi('client_secret_post', ClientSecretPost(clientSecret), [clientSecret])
}
