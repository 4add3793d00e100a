import { ConfigurationError } from '../errors/configuration-error.ts'

/** @throws {ConfigurationError} the secret is not a non-empty string */
export function requireSecret(method: string, secret: unknown): asserts secret is string {
  if (typeof secret === 'string' && secret !== '') return
  throw new ConfigurationError(`${method} cannot work`, ['clientSecret must be a non-empty string.'])
}
