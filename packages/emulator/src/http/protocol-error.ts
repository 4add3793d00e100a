import { json, noStore } from './responses.ts'

/** A refusal on its way to becoming a response in the provider's style. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly status: number
  /** The OAuth 2.0 error code, or what the server says in its place. */
  readonly error: string
  readonly description: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    error: string,
    description?: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(description ?? error)
    this.status = status
    this.error = error
    this.description = description
    this.headers = headers
  }

  /** Writes the error as RFC 6749 §5.2 has it. */
  toResponse(): Response {
    const { error, description } = this
    const body = description === undefined ? { error } : { error, error_description: description }
    return json(this.status, body, { ...noStore, ...this.headers })
  }
}
