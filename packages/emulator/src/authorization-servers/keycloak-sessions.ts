import type { Lifetimes } from './lifetimes.ts'
import type { KeycloakAccount } from './keycloak-realm.ts'

/** A sign-in at a realm, through one client. */
export interface KeycloakSession {
  readonly id: string
  readonly clientId: string
  readonly account: KeycloakAccount
  readonly scope: readonly string[]
  readonly startedAt: number
  lastRefreshAt: number
  /** When each refresh token expires, by `jti`: exact to the millisecond, where `exp` holds seconds only. */
  readonly refreshTokens: Map<string, number>
}

const maxTokensPerSession = 1_000
const sweepEvery = 1_000

/** The sessions of one realm. A session that nobody refreshes dies after the idle limit. */
export class KeycloakSessions {
  readonly #sessions = new Map<string, KeycloakSession>()
  readonly #lifetimes: Lifetimes
  #started = 0

  constructor(lifetimes: Lifetimes) {
    this.#lifetimes = lifetimes
  }

  start(of: Pick<KeycloakSession, 'clientId' | 'account' | 'scope'>, now: number): KeycloakSession {
    this.#started += 1
    if (this.#started % sweepEvery === 0) this.#sweep(now)
    const id = crypto.randomUUID()
    const session = {
      ...of,
      id,
      startedAt: now,
      lastRefreshAt: now,
      refreshTokens: new Map<string, number>(),
    }
    this.#sessions.set(id, session)
    return session
  }

  /** Returns the session if it has neither ended nor been idle for too long. */
  find(id: string | undefined, now: number): KeycloakSession | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id)
    return session && this.#isAlive(session, now) ? session : undefined
  }

  rememberRefreshToken(session: KeycloakSession, jti: string, expiresAt: number): void {
    session.refreshTokens.set(jti, expiresAt)
    const [oldest] = session.refreshTokens.keys()
    if (session.refreshTokens.size > maxTokensPerSession && oldest !== undefined) {
      session.refreshTokens.delete(oldest)
    }
  }

  /** Returns when a refresh token of the session expires, as long as the session remembers it. */
  refreshTokenExpiry(sessionId: string | undefined, jti: string | undefined): number | undefined {
    if (sessionId === undefined || jti === undefined) return undefined
    return this.#sessions.get(sessionId)?.refreshTokens.get(jti)
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  endAll(): void {
    this.#sessions.clear()
  }

  /** The idle limit is a setting of the realm, so shortening it also kills sessions that are already there. */
  #isAlive(session: KeycloakSession, now: number): boolean {
    return now < session.lastRefreshAt + this.#lifetimes.refreshTokenMs
  }

  #sweep(now: number): void {
    for (const [id, session] of this.#sessions) if (!this.#isAlive(session, now)) this.#sessions.delete(id)
  }
}
