import { PrivateKeyJwt } from 'oauth4webapi'
import type { CryptoKey } from 'oauth4webapi'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { fromOauth4webapi } from './from-oauth4webapi.ts'

/** A private key, and the id by which the server knows it. */
export interface PrivateKey {
  readonly key: CryptoKey
  readonly kid?: string | undefined
}

/**
 * Proves possession of a private key by a signed assertion, a new one for each request. Its audience is the issuer,
 * which the authorization server's data must name.
 * @throws {ConfigurationError} the key is not a private key that can sign
 * @see RFC 7523 §2.2
 */
export function privateKeyJwt({ key, kid }: PrivateKey): ClientAuthentication {
  try {
    return fromOauth4webapi('private_key_jwt', PrivateKeyJwt(kid === undefined ? { key } : { key, kid }), [])
  } catch (cause) {
    const problem = 'key must be a private CryptoKey with the usage "sign".'
    throw new ConfigurationError('privateKeyJwt cannot work', [problem], { cause })
  }
}
