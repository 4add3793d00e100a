import type { RequestSession } from './request-session.ts'

/** Who holds the access token in the end: the server, which sends requests itself, or the page. */
export type AuthMode = 'proxy' | 'mediated'

/** One call of an auth route, past the guard. */
export interface AuthCall {
  readonly request: Request
  readonly session: RequestSession
  readonly clientAddress: string | undefined
  readonly mode: AuthMode
  /** Returns the time in epoch milliseconds. */
  readonly now: () => number
  /** Tells an error that changes nothing about the answer. */
  readonly onError: (error: unknown) => void
}

/** A route by its name, the last segment of the path. */
export interface AuthRoute {
  /** In the order of the `Allow` header. */
  readonly methods: readonly string[]
  /** Whether refused credentials are those of whoever signs in. */
  readonly isSignIn?: boolean | undefined
  readonly answer: (call: AuthCall) => Promise<Response>
}
