/** Options of {@link AccessTokenSource.getAccessToken}. */
export interface GetAccessTokenOptions {
  /** The token must live at least this long, in milliseconds, or be the freshest the server gives. Default 0. */
  readonly minTtlMs?: number | undefined
  /** Take no token that was requested before this call. Default false. */
  readonly forceRefresh?: boolean | undefined
  /** Detaches this caller only; the exchange goes on for the others. */
  readonly signal?: AbortSignal | undefined
}

/** One attempt at a request: where it goes and what to send with it. */
export interface AuthorizedRequest {
  /** The absolute URL. */
  readonly url: string
  /** The headers to add; they replace the caller's own of the same name. */
  readonly headers: Headers
}

/** Options of {@link AccessTokenSource.authorize}. */
export interface AuthorizeOptions {
  /** Detaches this caller only. */
  readonly signal?: AbortSignal | undefined
  /** The attempt that this one repeats: it must still be the same sign-in. */
  readonly replayOf?: AuthorizedRequest | undefined
}

/** How an attempt went: the response, or `rejected` where the refusal is in the body (GraphQL). */
export type AttemptResult = { readonly status: number; readonly headers: Headers } | 'rejected'

/** Narrows a credential. */
export interface VariantOptions {
  /** Space-separated scope, never wider than what was granted. @see RFC 6749 §6 */
  readonly scope?: string | undefined
  /** The URI of one protected resource. @see RFC 8707 §2 */
  readonly resource?: string | undefined
}

/**
 * The narrow waist: everything above is an adapter to this interface, everything below implements it. All methods are
 * bound, so they can be passed as values.
 */
export interface AccessTokenSource {
  /**
   * Resolves to a usable access token. Concurrent callers share one exchange.
   * @throws {ReauthorizationRequiredError} only a person helps
   * @throws {NetworkError} no token is held and the server cannot be reached
   * @throws {MalformedResponseError} the server answered something else than a token
   * @throws {AuthorizationServerError} the server refused the client or the credentials
   * @throws {SupersededError} somebody signed in or out while the call waited
   * @throws {StoreError} the store is down, and going on without it could lose a refresh token
   * @throws {DisposedError} the manager was disposed
   */
  getAccessToken(options?: GetAccessTokenOptions): Promise<string>
  /**
   * Returns the headers for one attempt at `request`.
   * @throws {OriginNotAllowedError} before any I/O, if the URL is not within the allowed origins
   * @throws {SupersededError} it would replay an attempt in the name of somebody else
   * @throws whatever `getAccessToken` throws
   */
  authorize(
    request: { readonly url: string | URL; readonly method: string },
    options?: AuthorizeOptions,
  ): Promise<AuthorizedRequest>
  /**
   * Tells how the attempt went. `replay` means: authorize again and send once more; a second `replay` is ignored.
   * @see RFC 6750 §3.1
   */
  settle(attempt: AuthorizedRequest, result: AttemptResult): 'done' | 'replay'
  /** Authorizes, sends, settles. Takes absolute URLs within the allowed origins, and paths below the API's base. */
  readonly fetch: typeof globalThis.fetch
  /** The same credential, narrowed to a scope or resource. */
  variant(options: VariantOptions): AccessTokenSource
}
