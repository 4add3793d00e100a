import type { Lifetimes } from './lifetimes.ts'
import type { KeycloakAccount } from './keycloak-realm.ts'
import { RefreshTokenUses } from './token-rotation.ts'

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
  /** Those issued before the not-before policy was last moved. */
  readonly staleRefreshTokens: Set<string>
  readonly uses: RefreshTokenUses
  /** Whether the client has lost its part in the session, which a replayed refresh token brings about. */
  isDetached: boolean
}

const maxTokensPerSession = 1_000
const sweepEvery = 1_000

/** The sessions of one realm. A session that nobody refreshes dies after the idle limit. */
export class KeycloakSessions {
  readonly #sessions = new Map<string, KeycloakSession>()
  /** Default the refresh token's lifetime. */
  idleMs: number | undefined
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
      staleRefreshTokens: new Set<string>(),
      uses: new RefreshTokenUses(),
      isDetached: false,
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
      session.staleRefreshTokens.delete(oldest)
    }
  }

  /** Returns when a refresh token of the session expires, as long as the session remembers it. */
  refreshTokenExpiry(sessionId: string | undefined, jti: string | undefined): number | undefined {
    if (sessionId === undefined || jti === undefined) return undefined
    return this.#sessions.get(sessionId)?.refreshTokens.get(jti)
  }

  /** Marks every refresh token issued so far as older than the not-before policy. */
  markRefreshTokensStale(): void {
    for (const { refreshTokens, staleRefreshTokens } of this.#sessions.values()) {
      for (const jti of refreshTokens.keys()) staleRefreshTokens.add(jti)
    }
  }

  /** Whether a refresh token was issued before the not-before policy was last moved. */
  isStale(sessionId: string | undefined, jti: string | undefined): boolean {
    if (sessionId === undefined || jti === undefined) return false
    return this.#sessions.get(sessionId)?.staleRefreshTokens.has(jti) ?? false
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  endAll(): void {
    this.#sessions.clear()
  }

  /** The idle limit is a setting of the realm, so shortening it also kills sessions that are already there. */
  #isAlive(session: KeycloakSession, now: number): boolean {
    const { refreshTokenMs } = this.#lifetimes
    return now < session.lastRefreshAt + Math.min(refreshTokenMs, this.idleMs ?? refreshTokenMs)
  }

  #sweep(now: number): void {
    for (const [id, session] of this.#sessions) if (!this.#isAlive(session, now)) this.#sessions.delete(id)
  }
}
