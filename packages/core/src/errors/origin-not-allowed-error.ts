import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** The request would have carried the access token to an origin that is not in the allow-list. Nothing was sent. */
export class OriginNotAllowedError extends EvergrantError {
  override readonly name = 'OriginNotAllowedError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'origin_not_allowed', cause: options?.cause })
  }
}

/** Tells whether `value` is an {@link OriginNotAllowedError}, across bundles and realms. */
export function isOriginNotAllowedError(value: unknown): value is OriginNotAllowedError {
  return isErrorNamed(value, 'OriginNotAllowedError')
}
