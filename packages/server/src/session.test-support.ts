import type { AccessTokenSource, GetAccessTokenOptions, SignOutResult, TokenSet } from '@evergrant/core'
import type {
  RequestSession,
  SessionCookie,
  SessionSource,
  SessionState,
  SignInCredentials,
  SignInOptions,
} from './request-session.ts'

/** What a {@link FakeSession} is asked for, in order. */
export type FakeCall =
  | {
      readonly call: 'signIn'
      readonly credentials: SignInCredentials
      readonly options?: SignInOptions | undefined
    }
  | { readonly call: 'signOut' }
  | { readonly call: 'getTokenSet'; readonly options: Parameters<RequestSession['getTokenSet']>[0] }

/** The secrets that a fake session holds: none of them may be where it does not belong. */
export const fakeSecrets = { accessToken: 'fake-access-token', refreshToken: 'fake-refresh-token' } as const

/**
 * A session whose answers a test writes down. Signing in and out changes its state and its cookie as a real session
 * does; whatever stands in `fails` is thrown instead.
 */
export class FakeSession implements RequestSession {
  readonly calls: FakeCall[] = []
  state: SessionState = { status: 'unauthenticated' }
  /** Who the next sign-in makes somebody. */
  nextSignInId = 'sign-in-1'
  /** When sessions that begin here end, in epoch milliseconds. */
  expiresAt = 0
  tokens: TokenSet = { accessToken: fakeSecrets.accessToken, tokenType: 'Bearer', hasRefreshToken: true }
  signOutResult: SignOutResult = { isSessionEnded: true }
  /** What each method throws, by its name. */
  fails: Partial<Record<'getState' | 'signIn' | 'signOut' | 'getTokenSet' | 'writeTo', unknown>> = {}
  /** Runs while the tokens are obtained, as another tab would. */
  meanwhile: (() => void) | undefined
  setCookies: SessionCookie[] = []

  readonly getState = async (): Promise<SessionState> => {
    this.#fail('getState')
    return this.state
  }

  readonly signIn = async (credentials: SignInCredentials, options?: SignInOptions): Promise<void> => {
    this.calls.push({ call: 'signIn', credentials, options })
    this.#fail('signIn')
    const { nextSignInId: signInId, expiresAt } = this
    this.state = { status: 'authenticated', signInId, username: credentials.username, expiresAt }
    this.#setCookie(`sealed-${signInId}`, 3600)
  }

  readonly signOut = async (): Promise<SignOutResult> => {
    this.calls.push({ call: 'signOut' })
    this.#fail('signOut')
    this.state = { status: 'unauthenticated' }
    this.#setCookie('', 0)
    return this.signOutResult
  }

  readonly getTokenSet: RequestSession['getTokenSet'] = async options => {
    this.calls.push({ call: 'getTokenSet', options })
    // As a session that ends over a refusal does.
    if ('getTokenSet' in this.fails) this.#setCookie('', 0)
    this.#fail('getTokenSet')
    this.meanwhile?.()
    return this.tokens
  }

  readonly getAccessToken = async (options?: GetAccessTokenOptions): Promise<string> =>
    (await this.getTokenSet(options)).accessToken

  readonly writeTo = (headers: Headers): void => {
    this.#fail('writeTo')
    headers.set('Vary', 'Cookie')
    for (const { name, value, maxAge } of this.setCookies) {
      headers.set('Cache-Control', 'private, no-store')
      headers.append('Set-Cookie', `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly`)
    }
  }

  readonly observe: RequestSession['observe'] = () => this.#unexpected('observe')
  readonly authorize: AccessTokenSource['authorize'] = () => this.#unexpected('authorize')
  readonly settle: AccessTokenSource['settle'] = () => this.#unexpected('settle')
  readonly fetch: typeof globalThis.fetch = () => this.#unexpected('fetch')
  readonly variant: AccessTokenSource['variant'] = () => this.#unexpected('variant')

  /** A source that gives this session for every request. */
  get source(): SessionSource {
    return { for: () => this }
  }

  #setCookie(value: string, maxAge: number): void {
    this.setCookies = [{ name: '__Host-session', value, maxAge, isSecure: true, sameSite: 'lax' }]
  }

  #fail(method: keyof FakeSession['fails']): void {
    if (method in this.fails) throw this.fails[method]
  }

  #unexpected(method: string): never {
    throw new Error(`A test did not expect ${method} of the session to be called.`)
  }
}
