import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

type StoreErrorCode = 'store_unavailable' | 'store_contended' | 'store_schema_unknown'

/**
 * The token store did not do what it was asked. Transient are `store_unavailable` (it failed, or did not answer) and
 * `store_contended` (others write the record all the time); `store_schema_unknown` means that the key holds no record of
 * this release (a newer one wrote it, or it is damaged), which is never overwritten.
 */
export class StoreError extends EvergrantError {
  override readonly name = 'StoreError'

  constructor(message: string, options?: { code?: StoreErrorCode | undefined; cause?: unknown }) {
    const code = options?.code ?? 'store_unavailable'
    super(message, { code, isTransient: code !== 'store_schema_unknown', cause: options?.cause })
  }
}

/** Tells whether `value` is a {@link StoreError}, across bundles and realms. */
export function isStoreError(value: unknown): value is StoreError {
  return isErrorNamed(value, 'StoreError')
}
