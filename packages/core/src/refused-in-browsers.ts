import { ConfigurationError } from './errors/configuration-error.ts'

/**
 * Refuses: everybody who opens the page could read the secret.
 * @throws {ConfigurationError} always
 * @see RFC 9700 §2.4, RFC 6749 §2.1
 */
export const clientCredentials = (): never => refuse('clientCredentials')

/**
 * Refuses: everybody who opens the page could read the secret.
 * @throws {ConfigurationError} always
 * @see RFC 6749 §2.1
 */
export const clientSecretBasic = (): never => refuse('clientSecretBasic')

/**
 * Refuses: everybody who opens the page could read the secret.
 * @throws {ConfigurationError} always
 * @see RFC 6749 §2.1
 */
export const clientSecretJwt = (): never => refuse('clientSecretJwt')

/**
 * Refuses: everybody who opens the page could read the secret.
 * @throws {ConfigurationError} always
 * @see RFC 6749 §2.1
 */
export const clientSecretPost = (): never => refuse('clientSecretPost')

/**
 * Refuses: a password belongs to the server, and a refresh token does not belong into a page.
 * @throws {ConfigurationError} always
 * @see RFC 9700 §2.4
 */
export const passwordGrant = (): never => refuse('passwordGrant')

function refuse(name: string): never {
  throw new ConfigurationError(`${name} does not work in a browser`, [
    'A secret in a page is none. Use createBrowserTokens of @evergrant/browser there, and the sessions of @evergrant/server behind it.',
  ])
}
