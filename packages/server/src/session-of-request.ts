import {
  isAuthorizationServerError,
  isConfigurationError,
  isStoreError,
  passwordGrant,
} from '@evergrant/core'
import type {
  AccessTokenSource,
  Clock,
  GetAccessTokenOptions,
  SignOutResult,
  TokenSet,
  UserTokens,
} from '@evergrant/core'
import { endReplacedSession } from './end-replaced-session.ts'
import { LazySource } from './lazy-source.ts'
import { nobodySignedInError } from './nobody-signed-in.ts'
import type {
  RequestLike,
  RequestSession,
  SessionCookie,
  SessionObserver,
  SessionState,
  SignInCredentials,
  SignInOptions,
} from './request-session.ts'
import { ResponseCookies } from './response-cookies.ts'
import { readSessionCookies, writeCookies } from './session-cookie.ts'
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
  /** Names the provider, for limits. */
  readonly realm: string
}

/** The session of one request. It looks at the cookie once, when it is first used. */
export class SessionOfRequest implements RequestSession {
  readonly fetch: typeof globalThis.fetch
  readonly getAccessToken: AccessTokenSource['getAccessToken']
  readonly authorize: AccessTokenSource['authorize']
  readonly settle: AccessTokenSource['settle']
  readonly variant: AccessTokenSource['variant']
  readonly #request: RequestLike
  readonly #environment: SessionsEnvironment
  readonly #isReadOnly: boolean
  readonly #cookies: ResponseCookies
  #finding: Promise<Finding> | undefined
  /** Whose cookies this request may set. */
  #current: KeptSession | undefined
  /** Cookies are made one after the other, so that whoever comes second does not leave without them. */
  #making: Promise<void> = Promise.resolve()

  constructor(request: RequestLike, environment: SessionsEnvironment, isReadOnly = false) {
    this.#request = request
    this.#environment = environment
    this.#isReadOnly = isReadOnly
    this.#cookies = new ResponseCookies(request, environment.options, environment.clock)
    const open = async (): Promise<AccessTokenSource> => {
      const session = await this.#session()
      return isReadOnly ? environment.keeper.readOnly(session) : session.manager
    }
    const afterwards = async (): Promise<void> => this.#makeCookies(await this.#session())
    const source = new LazySource({ open, afterwards, fetch: environment.fetch })
    this.fetch = source.fetch
    this.getAccessToken = source.getAccessToken
    this.authorize = source.authorize
    this.settle = source.settle
    this.variant = source.variant
  }

  get setCookies(): readonly SessionCookie[] {
    return this.#cookies.list
  }

  /** Whether its cookie is the `__Host-` one. */
  get isSecure(): boolean {
    return this.#cookies.isSecure
  }

  readonly writeTo = (headers: Headers): void => writeCookies(headers, this.#cookies.list)

  readonly getTokenSet = async (
    options?: GetAccessTokenOptions & { readonly scope?: string | undefined },
  ): Promise<TokenSet> => {
    const session = await this.#session()
    const tokens = await session.manager.getTokenSet(options)
    await this.#makeCookies(session)
    return tokens
  }

  readonly getState = async (): Promise<SessionState> => {
    const finding = await this.#find()
    if (finding.kind === 'broken') this.#cookies.clear()
    if (finding.kind !== 'found') return { status: 'unauthenticated' }
    const { session } = finding
    await session.manager.load()
    if (needsPerson(session.manager)) return { status: 'unauthenticated' }
    await this.#makeCookies(session)
    const { id, username } = session
    return { status: 'authenticated', signInId: id.signInId, username, expiresAt: this.#endOf(session) }
  }

  readonly observe = async (): Promise<SessionObserver | undefined> => {
    const finding = await this.#find()
    if (finding.kind !== 'found') return undefined
    const { subscribe, explain } = finding.session.manager
    return { subscribe, explain }
  }

  readonly signIn = async (credentials: SignInCredentials, options: SignInOptions = {}): Promise<void> => {
    const { users, keeper, limit, clock, realm, options: own } = this.#environment
    this.#cookies.assertKept()
    // Whatever is wrong with the session before, a sign-in puts another one in its place.
    const earlier = await this.#find().catch((): Finding => ({ kind: 'none' }))
    const counted = await limit.count(realm, credentials.username, options.clientAddress)
    const id = await newSessionId()
    const manager = users.for(id.storeName)
    try {
      await manager.signIn(passwordGrant(credentials))
    } catch (error) {
      users.forget(id.storeName)
      if (!isRefusedPassword(error)) await counted.refund()
      throw error
    }
    await counted.refund()
    const expiresAt = clock.wall() + own.maxAgeMs
    const session: KeptSession = { id, username: credentials.username, expiresAt, manager }
    const before = this.#current
    try {
      await keeper.start(session)
      this.#current = session
      await this.#makeCookies(session)
    } catch (error) {
      this.#current = before
      // Nobody could ever use these tokens: the browser will not have the cookie.
      await manager.signOut().catch(() => undefined)
      throw error
    }
    this.#finding = Promise.resolve({ kind: 'found', session })
    if (earlier.kind === 'found')
      this.#environment.waitUntil(endReplacedSession(() => this.#end(earlier.session), this.#environment))
  }

  readonly signOut = async (): Promise<SignOutResult> => {
    const finding = await this.#find().catch((error: unknown): Finding => {
      // Somebody may be signed in: only a session that can be read can be ended.
      if (isStoreError(error) && error.isTransient) throw error
      return { kind: 'none' }
    })
    const result = finding.kind === 'found' ? await this.#end(finding.session) : { isSessionEnded: false }
    this.#forget()
    return result
  }

  async #end(session: KeptSession): Promise<SignOutResult> {
    // Each alone ends the session: one that fails must not spare the other.
    const [tokens] = await Promise.allSettled([
      session.manager.signOut(),
      this.#environment.keeper.end(session),
    ])
    if (tokens.status === 'rejected') throw tokens.reason
    return tokens.value
  }

  /** This request has no session any more, and the browser keeps no cookie of one. */
  #forget(): void {
    this.#current = undefined
    this.#finding = Promise.resolve({ kind: 'none' })
    this.#cookies.clear()
  }

  async #session(): Promise<KeptSession> {
    const finding = await this.#find()
    if (finding.kind === 'found') return finding.session
    throw nobodySignedInError()
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
    const presented = readSessionCookies(this.#request, this.#cookies.name)
    const finding = await this.#environment.keeper.find(presented, this.#cookies.name)
    if (finding.kind !== 'found') return finding
    const { session } = finding
    await session.manager.load()
    // C73: the session is over with the refresh token, whether or not the server would still take it.
    if (isPastRefresh(session.manager, this.#environment.clock.wall())) return { kind: 'none' }
    this.#current = session
    await this.#makeCookies(session)
    return finding
  }

  /** Sets the cookies anew where the tokens in them have changed. Concurrent calls wait for each other. */
  #makeCookies(session: KeptSession): Promise<void> {
    if (this.#isReadOnly) return Promise.resolve()
    const making = this.#making.then(() => this.#makeNow(session))
    this.#making = making.catch(() => undefined)
    return making
  }

  async #makeNow(session: KeptSession): Promise<void> {
    const { keeper } = this.#environment
    const cookies = await keeper.cookiesOf(session, this.#cookies.name).catch(async (error: unknown) => {
      // It has outgrown its cookies: every further request would fail over it, so it ends here.
      if (isConfigurationError(error) && this.#current === session) {
        this.#forget()
        await this.#end(session).catch(() => undefined)
      }
      throw error
    })
    // Somebody else has signed in or out through this request meanwhile: then these are nobody's.
    if (cookies !== undefined && this.#current === session)
      this.#cookies.set(cookies, this.#endOf(session), session.expiresAt)
  }

  #endOf(session: KeptSession): number {
    return Math.min(session.expiresAt, endOfTokens(session.manager))
  }
}

function isRefusedPassword(error: unknown): boolean {
  return isAuthorizationServerError(error) && error.code === 'credentials_rejected'
}
