import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** The token manager was disposed before this call. */
export class DisposedError extends EvergrantError {
  override readonly name = 'DisposedError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'disposed', cause: options?.cause })
  }
}

/** Tells whether `value` is a {@link DisposedError}, across bundles and realms. */
export function isDisposedError(value: unknown): value is DisposedError {
  return isErrorNamed(value, 'DisposedError')
}
