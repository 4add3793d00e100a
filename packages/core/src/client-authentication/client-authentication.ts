/** What a client authentication method may look at and write into, for one token request. */
export interface ClientAuthenticationRequest {
  readonly issuer: string | undefined
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly body: URLSearchParams
  readonly headers: Headers
}

/**
 * One client authentication method. A plain function value with a name, so that an own method is a few lines.
 * @see RFC 6749 §2.3
 */
export interface ClientAuthentication {
  readonly method:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'none'
    | 'anonymous'
    | (string & {})
  /** Values that must never be seen in a message. */
  readonly secrets: readonly string[]
  /** Adds exactly one proof of the client's identity to the request. */
  authenticate(request: ClientAuthenticationRequest): void | Promise<void>
}
