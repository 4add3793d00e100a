import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** The access token is due, but this place cannot store what a refresh would return. */
export class NeedsRefreshError extends EvergrantError {
  override readonly name = 'NeedsRefreshError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'needs_refresh', isTransient: true, cause: options?.cause })
  }
}

/** Tells whether `value` is a {@link NeedsRefreshError}, across bundles and realms. */
export function isNeedsRefreshError(value: unknown): value is NeedsRefreshError {
  return isErrorNamed(value, 'NeedsRefreshError')
}
