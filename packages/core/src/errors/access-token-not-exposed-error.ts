import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** The access token stays on the server by design; use `fetch` of the same source, or switch token mediation on. */
export class AccessTokenNotExposedError extends EvergrantError {
  override readonly name = 'AccessTokenNotExposedError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'access_token_not_exposed', cause: options?.cause })
  }
}

/** Tells whether `value` is an {@link AccessTokenNotExposedError}, across bundles and realms. */
export function isAccessTokenNotExposedError(value: unknown): value is AccessTokenNotExposedError {
  return isErrorNamed(value, 'AccessTokenNotExposedError')
}
