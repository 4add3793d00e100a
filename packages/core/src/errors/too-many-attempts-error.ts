import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** Somebody has tried too often; nothing was sent to the authorization server. */
export class TooManyAttemptsError extends EvergrantError {
  override readonly name = 'TooManyAttemptsError'
  /** When the next try is allowed, in epoch milliseconds. */
  readonly retryAt: number

  constructor(message: string, options: { retryAt: number; cause?: unknown }) {
    super(message, { code: 'too_many_attempts', isTransient: true, cause: options.cause })
    this.retryAt = options.retryAt
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), retryAt: this.retryAt }
  }
}

/** Tells whether `value` is a {@link TooManyAttemptsError}, across bundles and realms. */
export function isTooManyAttemptsError(value: unknown): value is TooManyAttemptsError {
  return isErrorNamed(value, 'TooManyAttemptsError')
}
