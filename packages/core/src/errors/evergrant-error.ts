/** Every `code` that an error of Evergrant can have. Closed: a `switch` over it can be exhaustive. */
export type EvergrantErrorCode =
  | 'invalid_configuration'
  | 'network_error'
  | 'network_timeout'
  | 'server_unavailable'
  | 'malformed_response'
  | 'client_misconfigured'
  | 'credentials_rejected'
  | 'grant_refused'
  | 'request_refused'
  | 'reauthorization_required'
  | 'superseded'
  | 'store_unavailable'
  | 'store_contended'
  | 'store_schema_unknown'
  | 'origin_not_allowed'
  | 'access_token_not_exposed'
  | 'needs_refresh'
  | 'invalid_session'
  | 'too_many_attempts'
  | 'disposed'

/** What every error class of Evergrant takes beside its message. */
export interface EvergrantErrorOptions {
  code: EvergrantErrorCode
  isTransient?: boolean | undefined
  cause?: unknown
}

const brand: unique symbol = Symbol.for('@evergrant/core:error') as never

/**
 * The root of all errors that Evergrant throws. The message says what failed and what to do about it; it never holds
 * a token, a secret, a query or a body.
 */
export class EvergrantError extends Error {
  override readonly name: string = 'EvergrantError'
  readonly code: EvergrantErrorCode
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly isTransient: boolean

  constructor(message: string, options: EvergrantErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.isTransient = options.isTransient ?? false
    Object.defineProperty(this, brand, { value: true })
  }

  /** The error as plain data, for logs: name, code, message, whether it is transient. Holds no secret. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, code: this.code, message: this.message, isTransient: this.isTransient }
  }
}

/** Tells whether `value` is an error of Evergrant, also one from another copy of the package or another realm. */
export function isEvergrantError(value: unknown): value is EvergrantError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true
}

/** Makes a guard for one class by its name, which survives bundling because the name is a string member. */
export function isErrorNamed(value: unknown, name: string): boolean {
  return isEvergrantError(value) && value.name === name
}
