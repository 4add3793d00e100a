import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** A request presents a session in a way that cannot be trusted, such as two cookies of one name. */
export class InvalidSessionError extends EvergrantError {
  override readonly name = 'InvalidSessionError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'invalid_session', cause: options?.cause })
  }
}

/** Tells whether `value` is an {@link InvalidSessionError}, across bundles and realms. */
export function isInvalidSessionError(value: unknown): value is InvalidSessionError {
  return isErrorNamed(value, 'InvalidSessionError')
}
