import type {
  AccessTokenSource,
  GetAccessTokenOptions,
  SignOutResult,
  TokenManager,
  TokenSet,
} from '@evergrant/core'

/** What is read of a request: its headers, and the URL where it is known. A web `Request` is one. */
export interface RequestLike {
  readonly headers: Headers
  readonly url?: string | undefined
}

/** What a live view of a session needs. */
export type SessionObserver = Pick<TokenManager, 'subscribe' | 'explain'>

/** Who is signed in, without a secret. */
export type SessionState =
  | { readonly status: 'unauthenticated' }
  | {
      readonly status: 'authenticated'
      /** Names this sign-in, and no other; of no use to whoever reads it. */
      readonly signInId: string
      /** The name that was given at sign-in. */
      readonly username: string | undefined
      /** When the session ends at the latest, in epoch milliseconds. */
      readonly expiresAt: number
    }

/** What somebody signs in with. */
export interface SignInCredentials {
  readonly username: string
  readonly password: string
}

/** Options of {@link RequestSession.signIn}. */
export interface SignInOptions {
  /** The client's IP address, for the limit of tries per address. Absent: only the tries per account are limited. */
  readonly clientAddress?: string | undefined
}

/**
 * The session of one request: its tokens, and who is signed in. All requests of a session share one refresh. Methods
 * are bound.
 */
export interface RequestSession extends AccessTokenSource {
  /**
   * Tells who is signed in. Asks no authorization server.
   * @throws {StoreError} the store is down
   */
  readonly getState: () => Promise<SessionState>
  /**
   * Like `getAccessToken`, with what is known about the token. With `scope`: the token of the session's variant of that
   * scope, and never a wider one. Printing it shows no secret.
   * @throws whatever `getAccessToken` throws
   */
  readonly getTokenSet: (
    options?: GetAccessTokenOptions & { readonly scope?: string | undefined },
  ) => Promise<TokenSet>
  /**
   * Signs somebody in with the password grant, under a new session id. The password is used once and dropped. An earlier
   * session of the request ends when the new one has begun.
   * @throws {TooManyAttemptsError} the account or the address has used up its tries
   * @throws {AuthorizationServerError} the server refused the credentials (`credentials_rejected`) or the client
   * @throws {NetworkError} no usable answer
   * @throws {StoreError} the store is down
   */
  readonly signIn: (credentials: SignInCredentials, options?: SignInOptions) => Promise<void>
  /**
   * Forgets the tokens and ends the session the provider's way. Without a session it does nothing.
   * @throws {StoreError} the store could not be told: the session is still there
   */
  readonly signOut: () => Promise<SignOutResult>
  /**
   * What happens to this session's tokens, for a live view of its own user: events and explanations, without a secret.
   * Undefined: nobody is signed in.
   * @throws {StoreError} the store is down
   */
  readonly observe: () => Promise<SessionObserver | undefined>
  /** The cookies that the answer to this request has to set, as of now. Complete once a call of this session has settled. */
  readonly setCookies: readonly SessionCookie[]
  /**
   * Adds the cookies to an answer's headers, and sees to it that nobody caches it: `Vary: Cookie` always,
   * `Cache-Control: private, no-store` whenever a cookie is set.
   */
  readonly writeTo: (headers: Headers) => void
}

/** A cookie to set, for frameworks that have their own way of setting one. Its path is `/`, and it is `HttpOnly`. */
export interface SessionCookie {
  readonly name: string
  /** Empty together with `maxAge` 0: the cookie is removed. */
  readonly value: string
  /** Seconds, as in RFC 6265. */
  readonly maxAge: number
  readonly isSecure: boolean
  readonly sameSite: 'strict' | 'lax'
}

/** Finds the session of a request. */
export interface SessionSource {
  /** The session of `request`: the same object for the same request. Does no I/O before it is used. */
  readonly for: (request: RequestLike) => RequestSession
}
