import type { JWT } from '@auth/core/jwt'
import type { Provider } from '@auth/core/providers'
import type { Account, Session, User } from '@auth/core/types'
import { isReauthorizationRequiredError, systemClock } from '@evergrant/core'
import type { AccessTokenSource, Clock, GetAccessTokenOptions } from '@evergrant/core'
import { createTicketedTokens, createTicketSource } from '@evergrant/server'
import type { OpenedTicket, RequestLike, SessionTicket, TicketedTokens } from '@evergrant/server'
import { tokensOfAccount } from './account-tokens.ts'
import { checkAuthSettings, sessionEvent } from './auth-config.ts'
import type { AuthSettings, JwtCallback, SessionCallback, SignOutEvent } from './auth-config.ts'
import { defaultMaxAgeMs, engineOf } from './auth-tokens-options.ts'
import type { AuthTokensOptions } from './auth-tokens-options.ts'
import { passwordProvider, ticketOfUser } from './password-provider.ts'
import { readSessionCookie } from './session-cookie.ts'
import type { SessionCookieSettings } from './session-cookie.ts'
import { memberOf, withMember, withoutMember } from './token-member.ts'
import type { TokenMember } from './token-member.ts'

/** Auth.js' convention for "sign in again". */
export const refreshTokenError = 'RefreshTokenError'

/** What this package adds to Auth.js' session. */
export interface TokenSession {
  /** The refresh token is dead: sign in again. */
  error?: typeof refreshTokenError
  /** With `exposeAccessToken`. */
  accessToken?: string
}

/** The tokens of people who sign in with Auth.js, and the callbacks that keep them fresh. Methods are bound. */
export class AuthTokens {
  readonly #options: AuthTokensOptions
  readonly #clock: Clock
  readonly #tokens: ReadonlyMap<string, TicketedTokens>
  readonly #providers: readonly Provider[]
  #cookie: SessionCookieSettings

  /** Use `createAuthTokens`. */
  constructor(options: AuthTokensOptions) {
    const { signIns, maxAgeMs = defaultMaxAgeMs, clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    this.#cookie = options
    this.#tokens = new Map(
      signIns.map(({ id, authorization }) => [
        id,
        createTicketedTokens(authorization, { ...engineOf(options), clock, maxAgeMs }),
      ]),
    )
    this.#providers = signIns.flatMap((signIn): Provider[] => {
      if (signIn.kind === 'redirect') return signIn.provider === undefined ? [] : [signIn.provider]
      return [passwordProvider(signIn, this.#tokensOf(signIn.id))]
    })
  }

  /**
   * The configuration of Auth.js with everything in it: providers, both callbacks and the sign-out event, around the
   * application's own. Also remembers how its session cookie is written.
   * @throws {ConfigurationError} sessions are in a database, or live longer than the tokens are kept, or two providers have
   * one id
   */
  readonly withTokens = <C extends AuthSettings>(settings: C): C & { providers: Provider[] } => {
    checkAuthSettings(settings, this.#options.maxAgeMs ?? defaultMaxAgeMs, this.#providers)
    this.#cookie = {
      secret: this.#options.secret ?? settings.secret,
      cookieName: this.#options.cookieName ?? settings.cookies?.sessionToken?.name,
      useSecureCookies: this.#options.useSecureCookies ?? settings.useSecureCookies,
      decode: this.#options.decode ?? settings.jwt?.decode,
    }
    const { callbacks, events } = settings
    return {
      ...settings,
      providers: [...(settings.providers ?? []), ...this.#providers],
      callbacks: {
        ...callbacks,
        jwt: this.jwt(callbacks?.jwt),
        session: this.session(callbacks?.session),
      },
      events: {
        ...events,
        ...(events?.session && { session: sessionEvent(events.session) }),
        signOut: this.signOut(events?.signOut),
      },
    }
  }

  /**
   * The `jwt` callback. At a sign-in it takes the tokens over; later it refreshes what is due, once for all requests of a
   * session. A server that fails ends nobody's session; a dead refresh token becomes `token.error`. Null: signed out; where
   * the application's own callback says so, its tokens are forgotten, too.
   */
  readonly jwt =
    (own?: JwtCallback): JwtCallback =>
    async params => {
      const { token, account, user } = params
      const member = account ? await this.#begin(account, user) : memberOf(token)
      const kept = account ? { claims: token, member } : await this.#keep(token, member)
      if (kept === null) return null
      const claims = withoutMember(kept.claims)
      const result = own === undefined ? claims : await own({ ...params, token: claims })
      if (result === null) {
        await this.#end(kept.member)
        return null
      }
      // Whatever the application's callback returned: a page's `update()` must not reach another's tokens.
      const next = withMember(result, kept.member)
      const isDead = kept.claims['error'] === refreshTokenError
      return isDead ? { ...next, error: next['error'] ?? refreshTokenError } : next
    }

  /** The `session` callback. Adds `error` where a person is needed, and the access token only with `exposeAccessToken`. */
  readonly session =
    (own?: SessionCallback): SessionCallback =>
    async params => {
      const { token } = params
      const session: Session & TokenSession = params.session
      const member = memberOf(token)
      if (token?.['error'] === refreshTokenError) session.error = refreshTokenError
      if (this.#options.exposeAccessToken === true && member !== undefined)
        await this.#expose(session, member)
      // In place: `auth()` of next-auth makes a `user` of these claims where the application's callback returns none.
      const seen = Object.assign(params, { token: token && withoutMember(token) })
      return own === undefined ? session : own(seen)
    }

  /** The `signOut` event. Forgets the tokens and ends the session the provider's way. */
  readonly signOut =
    (own?: SignOutEvent): SignOutEvent =>
    async message => {
      const token = 'token' in message ? message.token : null
      await this.#end(memberOf(token))
      await own?.(token === null ? message : { token: withoutMember(token) })
    }

  /**
   * The tokens of whoever sent the request: for route handlers, and with `{ headers: await headers() }` for server
   * components. All requests of a session share one refresh. With tokens in the cookie it only reads, because no answer
   * brings the browser a new cookie here: a token that is due is a `NeedsRefreshError`, and `auth()` refreshes it.
   */
  readonly for = (request: RequestLike): AccessTokenSource =>
    createTicketSource(
      async () => this.#open(memberOf(await readSessionCookie(request, this.#cookie))),
      this.#options.fetch,
    )

  /**
   * The access token of whoever sent the request.
   * @throws {ReauthorizationRequiredError} nobody is signed in, or the refresh token is dead
   * @throws {NeedsRefreshError} with tokens in the cookie: it is due
   * @throws {StoreError} the store is down
   */
  readonly getAccessToken = (request: RequestLike, options?: GetAccessTokenOptions): Promise<string> =>
    this.for(request).getAccessToken(options)

  /** Ends timers and calls. Sessions stay where they are kept. */
  readonly dispose = async (): Promise<void> => {
    await Promise.all([...this.#tokens.values()].map(tokens => tokens.dispose()))
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  async #begin(account: Account, user: User | undefined): Promise<TokenMember | undefined> {
    const tokens = this.#tokens.get(account.provider)
    if (tokens === undefined) return undefined
    const typedIn = ticketOfUser(user)
    if (typedIn !== undefined) return { ...typedIn, signIn: account.provider }
    const obtained = tokensOfAccount({ ...account }, this.#clock.wall())
    return obtained && { ...(await tokens.begin(obtained)), signIn: account.provider }
  }

  /** The claims of a session that goes on; null: somebody signed out. Never throws: Auth.js would end the session. */
  async #keep(
    token: JWT,
    member: TokenMember | undefined,
  ): Promise<{ readonly claims: JWT; readonly member: TokenMember | undefined } | null> {
    if (member === undefined || !this.#tokens.has(member.signIn)) return { claims: token, member }
    const { error, ...healthy } = token
    const before: JWT = error === refreshTokenError ? healthy : token
    try {
      const opened = await this.#open(member)
      if (opened === undefined) return null
      const isDead = await this.#isDead(opened)
      const ticket: SessionTicket | undefined = await opened.renew()
      if (ticket === undefined) return null
      const claims = isDead ? { ...before, error: refreshTokenError } : before
      return { claims, member: { ...ticket, signIn: member.signIn } }
    } catch (reason) {
      this.#report(reason)
      return { claims: token, member }
    }
  }

  /** Refreshes what is due. True: only a person can go on. */
  async #isDead({ manager }: OpenedTicket): Promise<boolean> {
    try {
      await manager.getAccessToken()
    } catch (error) {
      if (isReauthorizationRequiredError(error)) return true
      // The server is down or says no to the application: the session is as good as before.
      this.#report(error)
    }
    return false
  }

  async #expose(session: TokenSession, member: TokenMember): Promise<void> {
    try {
      const opened = await this.#open(member)
      if (opened !== undefined) session.accessToken = await opened.readOnly.getAccessToken()
    } catch {
      // The jwt callback of this request has reported it.
    }
  }

  /** Signs out. Never throws: the session ends whatever becomes of its tokens. */
  async #end(member: TokenMember | undefined): Promise<void> {
    try {
      const opened = await this.#open(member)
      await opened?.manager.signOut()
    } catch (error) {
      this.#report(error)
    }
  }

  async #open(member: TokenMember | undefined): Promise<OpenedTicket | undefined> {
    return member && this.#tokens.get(member.signIn)?.open(member)
  }

  #tokensOf(id: string): TicketedTokens {
    const tokens = this.#tokens.get(id)
    if (tokens === undefined) throw new Error(`There is no sign-in "${id}".`)
    return tokens
  }

  #report(error: unknown): void {
    try {
      const { onError } = this.#options
      if (onError) onError(error)
      // oxlint-disable-next-line no-console -- silence would leave a wrong configuration without a word
      else console.error('Evergrant:', error instanceof Error ? error.message : 'unknown error')
    } catch {
      // A session must not depend on how well it is logged.
    }
  }
}
