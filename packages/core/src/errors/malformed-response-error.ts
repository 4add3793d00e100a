import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/**
 * The token endpoint answered, but not with a token response: an HTML page, truncated JSON, a redirect, a missing
 * `access_token`. Transient, because a proxy or a maintenance page is the usual reason.
 */
export class MalformedResponseError extends EvergrantError {
  override readonly name = 'MalformedResponseError'
  readonly status: number
  /** When the next attempt is due, in epoch milliseconds; undefined if that is not known. */
  readonly retryAt: number | undefined

  constructor(message: string, options: { status: number; retryAt?: number | undefined; cause?: unknown }) {
    super(message, { code: 'malformed_response', isTransient: true, cause: options.cause })
    this.status = options.status
    this.retryAt = options.retryAt
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), status: this.status, retryAt: this.retryAt }
  }
}

/** Tells whether `value` is a {@link MalformedResponseError}, across bundles and realms. */
export function isMalformedResponseError(value: unknown): value is MalformedResponseError {
  return isErrorNamed(value, 'MalformedResponseError')
}
