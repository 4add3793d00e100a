import { isAuthorizationServerError, passwordGrant, ReauthorizationRequiredError } from '@evergrant/core'
import type {
  AccessTokenSource,
  Clock,
  GetAccessTokenOptions,
  SignOutResult,
  TokenSet,
  UserTokens,
} from '@evergrant/core'
import { chunkNames } from './cookie-chunks.ts'
import { LazySource } from './lazy-source.ts'
import type {
  RequestLike,
  RequestSession,
  SessionCookie,
  SessionObserver,
  SessionState,
  SignInCredentials,
  SignInOptions,
} from './request-session.ts'
import { assertCookieIsKept, cookieKindOf, readSessionCookies, writeCookies } from './session-cookie.ts'
import type { CookieKind } from './session-cookie.ts'
import { newSessionId } from './session-id.ts'
import type { Finding, KeptSession, SessionKeeper } from './session-keeper.ts'
import { endOfTokens, isPastRefresh, needsPerson } from './session-life.ts'
import type { ResolvedSessionOptions } from './session-options.ts'
import type { SignInLimit } from './sign-in-limit.ts'

/** What all sessions of one {@link createSessions} share. */
export interface SessionsEnvironment {
  readonly options: ResolvedSessionOptions
  readonly users: UserTokens
  readonly keeper: SessionKeeper
  readonly limit: SignInLimit
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Names the provider, for limits and messages. */
  readonly realm: string
}

/** A change of the session's end by less than this is not worth another cookie. */
const worthACookieMs = 1000

/** The session of one request. It looks at the cookie once, when it is first used. */
export class SessionOfRequest implements RequestSession {
  readonly fetch: typeof globalThis.fetch
  readonly getAccessToken: AccessTokenSource['getAccessToken']
  readonly authorize: AccessTokenSource['authorize']
  readonly settle: AccessTokenSource['settle']
  readonly variant: AccessTokenSource['variant']
  readonly #request: RequestLike
  readonly #environment: SessionsEnvironment
  readonly #kind: CookieKind
  readonly #isReadOnly: boolean
  #finding: Promise<Finding> | undefined
  #setCookies: readonly SessionCookie[] = []
  /** The end that the browser's cookie has, as far as this request knows, in epoch milliseconds. */
  #cookieEndsAt: number | undefined

  constructor(request: RequestLike, environment: SessionsEnvironment, isReadOnly = false) {
    this.#request = request
    this.#environment = environment
    this.#isReadOnly = isReadOnly
    this.#kind = cookieKindOf(request, environment.options)
    const open = async (): Promise<AccessTokenSource> => {
      const session = await this.#session()
      return isReadOnly ? environment.keeper.readOnly(session) : session.manager
    }
    const afterwards = async (): Promise<void> => this.#refreshCookie(await this.#session())
    const source = new LazySource({ open, afterwards, fetch: environment.fetch })
    this.fetch = source.fetch
    this.getAccessToken = source.getAccessToken
    this.authorize = source.authorize
    this.settle = source.settle
    this.variant = source.variant
  }

  get setCookies(): readonly SessionCookie[] {
    return this.#setCookies
  }

  readonly writeTo = (headers: Headers): void => writeCookies(headers, this.#setCookies)

  readonly getTokenSet = async (
    options?: GetAccessTokenOptions & { readonly scope?: string | undefined },
  ): Promise<TokenSet> => {
    const session = await this.#session()
    const tokens = await session.manager.getTokenSet(options)
    await this.#refreshCookie(session)
    return tokens
  }

  readonly getState = async (): Promise<SessionState> => {
    const finding = await this.#find()
    if (finding.kind === 'broken') this.#clearCookies()
    if (finding.kind !== 'found') return { status: 'unauthenticated' }
    const { session } = finding
    await session.manager.load()
    if (needsPerson(session.manager)) return { status: 'unauthenticated' }
    const endsAt = this.#endOf(session)
    // The browser asks here: a good moment to prolong a cookie whose life follows the refresh token's.
    if (endsAt < session.expiresAt) this.#cookieEndsAt = undefined
    await this.#refreshCookie(session)
    const { id, username } = session
    return { status: 'authenticated', signInId: id.signInId, username, expiresAt: endsAt }
  }

  readonly observe = async (): Promise<SessionObserver | undefined> => {
    const finding = await this.#find()
    if (finding.kind !== 'found') return undefined
    const { subscribe, explain } = finding.session.manager
    return { subscribe, explain }
  }

  readonly signIn = async (credentials: SignInCredentials, options: SignInOptions = {}): Promise<void> => {
    const { users, keeper, limit, clock, realm, options: own } = this.#environment
    assertCookieIsKept(this.#kind, this.#request)
    const earlier = await this.#find()
    const counted = await limit.count(realm, credentials.username, options.clientAddress)
    const id = await newSessionId()
    const manager = users.for(id.storeName)
    try {
      await manager.signIn(passwordGrant(credentials))
    } catch (error) {
      if (!isRefusedPassword(error)) await counted.refund()
      throw error
    }
    await counted.refund()
    const expiresAt = clock.wall() + own.maxAgeMs
    const session: KeptSession = { id, username: credentials.username, expiresAt, manager }
    try {
      await keeper.start(session)
      this.#cookieEndsAt = undefined
      await this.#refreshCookie(session)
    } catch (error) {
      // Nobody could ever use these tokens: the browser will not have the cookie.
      await manager.signOut().catch(() => undefined)
      throw error
    }
    this.#finding = Promise.resolve({ kind: 'found', session })
    if (earlier.kind === 'found') this.#environment.waitUntil(this.#end(earlier.session))
  }

  readonly signOut = async (): Promise<SignOutResult> => {
    const finding = await this.#find()
    const result = finding.kind === 'found' ? await this.#end(finding.session) : { isSessionEnded: false }
    this.#finding = Promise.resolve({ kind: 'none' })
    this.#clearCookies()
    return result
  }

  async #end(session: KeptSession): Promise<SignOutResult> {
    const result = await session.manager.signOut()
    // The tokens are gone: what is left of the session opens nothing.
    await this.#environment.keeper.end(session).catch(() => undefined)
    return result
  }

  async #session(): Promise<KeptSession> {
    const finding = await this.#find()
    if (finding.kind === 'found') return finding.session
    throw new ReauthorizationRequiredError(
      `${this.#environment.realm} needs a person: nobody is signed in.`,
      {
        reason: 'never-signed-in',
      },
    )
  }

  #find(): Promise<Finding> {
    if (this.#finding === undefined) {
      this.#finding = this.#look()
      // A store that is down now may answer the next call.
      this.#finding.catch(() => (this.#finding = undefined))
    }
    return this.#finding
  }

  async #look(): Promise<Finding> {
    const presented = readSessionCookies(this.#request, this.#kind.name)
    const finding = await this.#environment.keeper.find(presented)
    if (finding.kind !== 'found') return finding
    const { session } = finding
    await session.manager.load()
    // C73: the session is over with the refresh token, whether or not the server would still take it.
    if (isPastRefresh(session.manager, this.#environment.clock.wall())) return { kind: 'none' }
    this.#cookieEndsAt = this.#endOf(session)
    await this.#refreshCookie(session)
    return finding
  }

  /** Sets the cookie anew where the tokens in it, or the end of the refresh token, have changed. */
  async #refreshCookie(session: KeptSession): Promise<void> {
    if (this.#isReadOnly) return
    const endsAt = this.#endOf(session)
    const values = await this.#environment.keeper.valuesOf(session)
    const isLonger = Math.abs(endsAt - (this.#cookieEndsAt ?? Number.NEGATIVE_INFINITY)) >= worthACookieMs
    const { tokensIn } = this.#environment.options
    if (values === undefined || (tokensIn === 'store' && !isLonger)) return
    this.#cookieEndsAt = endsAt
    const maxAge = Math.max(0, Math.floor((endsAt - this.#environment.clock.wall()) / 1000))
    this.#set(values, maxAge)
  }

  #clearCookies(): void {
    this.#set([], 0)
  }

  // Chunks that the browser has and that are no longer needed are removed, or they would be taken for a part.
  #set(values: readonly string[], maxAge: number): void {
    const { name, isSecure } = this.#kind
    const { sameSite } = this.#environment.options
    const presented = this.#request.headers.get('cookie') ?? ''
    this.#setCookies = chunkNames(name).flatMap((chunk, index): SessionCookie[] => {
      const value = values[index]
      if (value !== undefined) return [{ name: chunk, value, maxAge, isSecure, sameSite }]
      return presented.includes(`${chunk}=`)
        ? [{ name: chunk, value: '', maxAge: 0, isSecure, sameSite }]
        : []
    })
  }

  #endOf(session: KeptSession): number {
    return Math.min(session.expiresAt, endOfTokens(session.manager))
  }
}

function isRefusedPassword(error: unknown): boolean {
  return isAuthorizationServerError(error) && error.code === 'credentials_rejected'
}
