import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** What an {@link AuthorizationServerError} takes. */
export interface AuthorizationServerErrorOptions {
  code: 'client_misconfigured' | 'credentials_rejected' | 'grant_refused' | 'request_refused'
  error: string
  errorDescription?: string | undefined
  status: number
  retryAt?: number | undefined
  cause?: unknown
}

/**
 * The authorization server read the request and said no.
 * `client_misconfigured`: the client itself is wrong (id, secret, permissions); `credentials_rejected`: the user name
 * and password, or the API key; `grant_refused`: a refresh token or another grant; `request_refused`: this request
 * only, such as its scope.
 * @see RFC 6749 §5.2
 */
export class AuthorizationServerError extends EvergrantError {
  override readonly name = 'AuthorizationServerError'
  /** The server's `error`, untouched. */
  readonly error: string
  /** The server's `error_description`, cut to 1 kB, without control characters and without anything we sent. */
  readonly errorDescription: string | undefined
  readonly status: number
  /** When Evergrant asks again by itself, in epoch milliseconds; undefined: not before something changes. */
  readonly retryAt: number | undefined

  constructor(message: string, options: AuthorizationServerErrorOptions) {
    super(message, { code: options.code, cause: options.cause })
    this.error = options.error
    this.errorDescription = options.errorDescription
    this.status = options.status
    this.retryAt = options.retryAt
  }

  override toJSON(): Record<string, unknown> {
    const { error, errorDescription, status, retryAt } = this
    return { ...super.toJSON(), error, errorDescription, status, retryAt }
  }
}

/** Tells whether `value` is an {@link AuthorizationServerError}, across bundles and realms. */
export function isAuthorizationServerError(value: unknown): value is AuthorizationServerError {
  return isErrorNamed(value, 'AuthorizationServerError')
}
