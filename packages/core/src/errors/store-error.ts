import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/**
 * The token store did not do what it was asked. `store_unavailable` is transient; `store_schema_unknown` means that
 * the key holds no record of this release (a newer one wrote it, or it is damaged), which is never overwritten.
 */
export class StoreError extends EvergrantError {
  override readonly name = 'StoreError'

  constructor(
    message: string,
    options?: { code?: 'store_unavailable' | 'store_schema_unknown' | undefined; cause?: unknown },
  ) {
    const code = options?.code ?? 'store_unavailable'
    super(message, { code, isTransient: code === 'store_unavailable', cause: options?.cause })
  }
}

/** Tells whether `value` is a {@link StoreError}, across bundles and realms. */
export function isStoreError(value: unknown): value is StoreError {
  return isErrorNamed(value, 'StoreError')
}
