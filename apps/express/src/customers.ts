import { createUserTokens, passwordGrant, ReauthorizationRequiredError } from '@evergrant/core'
import type { Authorization, SharedOptions, TokenManager, UserTokens } from '@evergrant/core'
import type { Request, Response } from 'express'
import { CustomerSessions } from './customer-sessions.ts'
import type { CustomerSession } from './customer-sessions.ts'
import { describeCredential } from './describe-credential.ts'
import type { CredentialStatus } from './describe-credential.ts'
import { RequestCounter } from './request-counter.ts'

/** What a browser may know about its own customer. */
export type CustomerStatus =
  | { readonly state: 'signed-out'; readonly message: string }
  | (CredentialStatus & {
      readonly username: string
      /** Names this sign-in. No secret: it is of no use without the cookie. */
      readonly session: string
    })

const nobody =
  'Nobody has signed in from this browser. Until then no access token is requested, and no vehicle is fetched.'
const lost =
  'Your earlier sign-in is gone: the gateway keeps it in memory only and has been restarted since. Please sign in again.'

/** Customers of TRAVIS: each browser signs in as one, and never sees another's. */
export class Customers {
  readonly #users: UserTokens
  readonly #sessions = new CustomerSessions()
  readonly #counter = new RequestCounter()

  constructor(authorization: Authorization<never>, options: SharedOptions) {
    this.#users = createUserTokens(authorization, options)
  }

  /**
   * Finds the tokens of the customer who signed in from this browser.
   * @throws {ReauthorizationRequiredError} nobody did, or the gateway was restarted since; nothing was sent
   */
  readonly tokensOf = (request: Request): TokenManager => {
    const session = this.#sessions.find(request)
    if (session !== undefined && session !== 'lost') return this.#users.for(session.userId)
    throw new ReauthorizationRequiredError(session === 'lost' ? lost : nobody, { reason: 'never-signed-in' })
  }

  /** Signs in with the password, which is used once, and only then ends the browser's earlier session. */
  async signIn(
    request: Request,
    response: Response,
    credentials: { readonly username: string; readonly password: string },
  ): Promise<void> {
    const userId = crypto.randomUUID()
    const tokens = this.#users.for(userId)
    this.#counter.watch(tokens)
    await tokens.signIn(passwordGrant(credentials))
    const earlier = this.#sessions.find(request)
    this.#sessions.start(request, response, { userId, username: credentials.username })
    if (earlier !== undefined && earlier !== 'lost') await this.#users.for(earlier.userId).signOut()
  }

  /** Forgets the browser's session and ends it at TRAVIS. Returns whether TRAVIS confirmed. */
  async signOut(request: Request, response: Response): Promise<boolean> {
    const session = this.#sessions.find(request)
    this.#sessions.end(request, response)
    if (session === undefined || session === 'lost') return true
    return (await this.#users.for(session.userId).signOut()).isSessionEnded
  }

  status(request: Request): CustomerStatus {
    const session = this.#sessions.find(request)
    if (session === undefined) return { state: 'signed-out', message: nobody }
    if (session === 'lost') return { state: 'signed-out', message: lost }
    const tokens = this.#users.for(session.userId)
    const facts = { tokenRequests: this.#counter.of(tokens).tokenRequests, isConfigured: false }
    return {
      ...describeCredential(tokens.explain(), facts),
      username: session.username,
      session: session.userId,
    }
  }

  /**
   * Finds what to stream to a browser: its own customer's tokens. Nobody signed in, or in a session by another name than
   * the page says: nothing.
   */
  eventsOf(request: Request): TokenManager | undefined {
    const session = this.#sessionFor(request)
    return session && this.#users.for(session.userId)
  }

  /** Ends `response` together with the session of its browser; false: there is no such session. */
  endWithSession(request: Request, response: Response): boolean {
    const session = this.#sessionFor(request)
    if (session === undefined) return false
    response.once(
      'close',
      this.#sessions.whenOver(session, () => response.end()),
    )
    return true
  }

  // The page asks by name: another of its tabs may have signed somebody else in since.
  #sessionFor(request: Request): CustomerSession | undefined {
    const session = this.#sessions.find(request)
    if (session === undefined || session === 'lost') return undefined
    return session.userId === request.params['session'] ? session : undefined
  }

  readonly dispose = (): Promise<void> => this.#users.dispose()
}
