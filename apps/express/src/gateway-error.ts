/** A refusal by the gateway itself, ready to be sent. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly status: number
  readonly code: string
  /** Whole seconds; absent: not known. */
  readonly retryAfter: string | undefined

  constructor(status: number, code: string, message: string, retryAfter?: string) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}
