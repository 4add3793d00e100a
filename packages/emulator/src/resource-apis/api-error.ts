/** A refusal by a resource API, before it takes on the provider's style. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** Machine-readable: an RFC 6750 §3.1 code where there is one. */
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}
