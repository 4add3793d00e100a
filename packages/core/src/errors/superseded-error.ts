import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** Somebody signed in or out while this call waited: its credential no longer exists. Call again to use the new one. */
export class SupersededError extends EvergrantError {
  override readonly name = 'SupersededError'

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { code: 'superseded', cause: options?.cause })
  }
}

/** Tells whether `value` is a {@link SupersededError}, across bundles and realms. */
export function isSupersededError(value: unknown): value is SupersededError {
  return isErrorNamed(value, 'SupersededError')
}
