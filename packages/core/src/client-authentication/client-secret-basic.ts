import { hideSecrets } from '../redact.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { requireSecret } from './require-secret.ts'

/** Options of {@link clientSecretBasic}. */
export interface ClientSecretBasicOptions {
  /**
   * How id and secret are encoded before base64. `rfc` form-encodes them, as RFC 6749 §2.3.1 demands; `percent20` does
   * the same with `%20` for a space; `raw` leaves them, as some servers expect. Default `rfc`.
   */
  readonly encoding?: 'rfc' | 'percent20' | 'raw' | undefined
}

/**
 * Sends id and secret in the `Authorization` header.
 * @throws {ConfigurationError} the secret is empty
 * @see RFC 6749 §2.3.1
 */
export function clientSecretBasic(
  clientSecret: string,
  options: ClientSecretBasicOptions = {},
): ClientAuthentication {
  requireSecret('clientSecretBasic', clientSecret)
  const encode = encoders[options.encoding ?? 'rfc']
  const authentication: ClientAuthentication = {
    method: 'client_secret_basic',
    secrets: [clientSecret],
    authenticate({ clientId, headers }) {
      headers.set('authorization', `Basic ${base64(`${encode(clientId)}:${encode(clientSecret)}`)}`)
    },
  }
  return hideSecrets(authentication, () => ({ method: authentication.method }))
}

// Written here and not taken from oauth4webapi, whose encoder also escapes "-", "." and "_": servers that do not
// decode would then refuse every UUID.
const encoders = {
  rfc: (value: string): string => new URLSearchParams({ v: value }).toString().slice(2),
  percent20: (value: string): string => encoders.rfc(value).replaceAll('+', '%20'),
  raw: (value: string): string => value,
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
}
