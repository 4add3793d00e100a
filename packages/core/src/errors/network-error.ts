import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** What a {@link NetworkError} takes. */
export interface NetworkErrorOptions {
  code: 'network_error' | 'network_timeout' | 'server_unavailable'
  status?: number | undefined
  retryAt?: number | undefined
  wasSent: boolean
  cause?: unknown
}

/**
 * No usable answer came: the host is unknown, the connection refused or reset, the time ran out, or the server
 * answered 408, 429 or 5xx. Always transient: nothing that is stored was given up.
 */
export class NetworkError extends EvergrantError {
  override readonly name = 'NetworkError'
  /** The HTTP status, if there was an answer at all. */
  readonly status: number | undefined
  /** When the next attempt is due, in epoch milliseconds; undefined if that is not known. */
  readonly retryAt: number | undefined
  /** False only if the request certainly never left this machine. */
  readonly wasSent: boolean

  constructor(message: string, options: NetworkErrorOptions) {
    super(message, { code: options.code, isTransient: true, cause: options.cause })
    this.status = options.status
    this.retryAt = options.retryAt
    this.wasSent = options.wasSent
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), status: this.status, retryAt: this.retryAt, wasSent: this.wasSent }
  }
}

/** Tells whether `value` is a {@link NetworkError}, across bundles and realms. */
export function isNetworkError(value: unknown): value is NetworkError {
  return isErrorNamed(value, 'NetworkError')
}
