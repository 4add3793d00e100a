import { SignJWT, compactVerify } from 'jose'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import type { ActiveToken } from './access-tokens.ts'
import type { KeycloakHabits, Rotation } from '../habits/habits.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import type { KeycloakAccount, KeycloakRealm } from './keycloak-realm.ts'
import type { KeycloakSession } from './keycloak-sessions.ts'
import { KeycloakSessions } from './keycloak-sessions.ts'
import { signingKeys } from './signing-keys.ts'
import type { SigningKeys } from './signing-keys.ts'

/** A token response in Keycloak's order of members. */
export interface KeycloakTokenResponse {
  readonly access_token: string
  readonly expires_in: number
  readonly refresh_expires_in: number
  readonly refresh_token: string
  readonly token_type: 'Bearer'
  readonly id_token?: string
  readonly 'not-before-policy': number
  readonly session_state: string
  readonly scope: string
}

/** Issues and reads the tokens of one realm, as Keycloak writes them. */
export class KeycloakTokens {
  readonly sessions: KeycloakSessions
  #rotation: Rotation = 'off'
  #refreshExpiresIn: 'real' | 'zero' = 'real'
  /** Epoch seconds; 0 while nobody has moved it. */
  #notBefore = 0
  readonly #realm: KeycloakRealm

  constructor(realm: KeycloakRealm) {
    this.#realm = realm
    this.sessions = new KeycloakSessions(realm.lifetimes)
  }

  /** Changes behaviour; an absent member stays as it is. */
  configure({ rotation, refreshExpiresIn, sessionIdleMs }: KeycloakHabits): void {
    this.#rotation = rotation ?? this.#rotation
    this.#refreshExpiresIn = refreshExpiresIn ?? this.#refreshExpiresIn
    this.sessions.idleMs = sessionIdleMs ?? this.sessions.idleMs
  }

  /** Moves the not-before policy to now: tokens issued so far are refused, however fast time goes. */
  bumpNotBefore(): void {
    this.#notBefore = seconds(this.#realm.clock.now())
    this.#realm.accessTokens.markAllStale()
    this.sessions.markRefreshTokensStale()
  }

  /**
   * Finds the session that a refresh token opens, and counts the use against its rotation.
   * @throws {ProtocolError} the refresh token is refused
   */
  spend(payload: JWTPayload): KeycloakSession {
    if (this.#isStaleRefreshToken(payload)) throw refused('Stale token')
    if (this.isExpired(payload)) throw refused('Token is not active')
    const now = this.#realm.clock.now()
    const session = this.sessions.find(sessionId(payload), now)
    if (!session) throw refused('Session not active')
    if (session.isDetached) throw refused("Session doesn't have required client")
    const { jti = '' } = payload
    // What the session no longer remembers is a thousand refreshes old.
    const isForgotten = this.#rotation !== 'off' && !session.refreshTokens.has(jti)
    const use = isForgotten ? 'stale' : session.uses.use(jti, this.#rotation, now)
    if (use === 'first' || use === 'in-grace') return session
    session.isDetached = this.#rotation === 'reuse-detection'
    throw refused(use === 'stale' ? 'Stale token' : 'Maximum allowed refresh token reuse exceeded')
  }

  #isStaleRefreshToken(payload: JWTPayload): boolean {
    return this.sessions.isStale(sessionId(payload), payload.jti) || (payload.iat ?? 0) < this.#notBefore
  }

  /** Issues a fresh set of tokens for a session, which counts as activity. */
  async issue(
    session: KeycloakSession,
    issuer: string,
    scope: readonly string[] = session.scope,
    idClaims: { readonly nonce?: string } = {},
  ): Promise<KeycloakTokenResponse> {
    const { clock, lifetimes } = this.#realm
    const now = clock.now()
    session.lastRefreshAt = now
    const claims = { iat: seconds(now), iss: issuer, sub: session.account.id, azp: session.clientId }
    const accessToken = await this.#accessToken(session, scope, claims, now)
    const refreshToken = await this.refreshToken(session, issuer)
    const idToken = scope.includes('openid')
      ? await this.#idToken(session, { ...claims, ...idClaims }, now)
      : undefined
    return {
      access_token: accessToken,
      expires_in: seconds(lifetimes.accessTokenMs),
      refresh_expires_in: this.#refreshExpiresIn === 'zero' ? 0 : seconds(lifetimes.refreshTokenMs),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
      'not-before-policy': this.#notBefore,
      session_state: session.id,
      scope: scope.join(' '),
    }
  }

  /**
   * Returns the token if the realm signed it, still knows it, and it has neither expired at `now` (default the
   * realm's time) nor been overtaken by the not-before policy.
   */
  async readAccessToken(
    token: string,
    now: number = this.#realm.clock.now(),
  ): Promise<(ActiveToken & { readonly payload: JWTPayload }) | undefined> {
    const { publicKey } = await this.#keys()
    const payload = await verified(token, publicKey)
    const active = payload?.jti === undefined ? undefined : this.#realm.accessTokens.find(payload.jti)
    if (!payload || !active || now >= active.expiresAt) return undefined
    if (this.#realm.accessTokens.isStale(payload.jti ?? '')) return undefined
    return { ...active, payload }
  }

  /** Whether the realm signed the access token, and the not-before policy has overtaken it. */
  async isStaleAccessToken(token: string): Promise<boolean> {
    const payload = await verified(token, (await this.#keys()).publicKey)
    return payload?.jti !== undefined && this.#realm.accessTokens.isStale(payload.jti)
  }

  /** Returns the claims of a refresh token that the realm signed, expired or not. */
  async readRefreshToken(token: string): Promise<JWTPayload | undefined> {
    const { secret } = await this.#keys()
    const payload = await verified(token, secret)
    return payload?.['typ'] === 'Refresh' ? payload : undefined
  }

  /** Whether a refresh token's own lifetime is over, whatever became of its session. */
  isExpired(payload: JWTPayload): boolean {
    const exact = this.sessions.refreshTokenExpiry(sessionId(payload), payload.jti)
    return this.#realm.clock.now() >= (exact ?? (payload.exp ?? 0) * 1_000)
  }

  /** Returns the public keys as the JWKS endpoint shows them. */
  async publicKeys(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: [(await this.#keys()).jwk] }
  }

  #keys(): Promise<SigningKeys> {
    return signingKeys(this.#realm.name, this.#realm.refreshTokenAlgorithm)
  }

  async #accessToken(
    session: KeycloakSession,
    scope: readonly string[],
    claims: JWTPayload,
    now: number,
  ): Promise<string> {
    const { accessTokens, lifetimes } = this.#realm
    const { account, clientId } = session
    const jti = crypto.randomUUID()
    const expiresAt = now + lifetimes.accessTokenMs
    accessTokens.add(jti, {
      issuedAt: now,
      expiresAt,
      grant: {
        clientId,
        username: account.person === undefined ? undefined : account.username,
        subject: account.id,
        sessionId: session.id,
        scope,
        permissions: new Set([...scope, ...account.roles]),
        customerId: account.customerId,
      },
    })
    return this.#signWithPrivateKey({
      exp: seconds(expiresAt),
      ...claims,
      jti,
      aud: 'account',
      typ: 'Bearer',
      session_state: session.id,
      acr: '1',
      realm_access: { roles: account.roles },
      scope: scope.join(' '),
      sid: session.id,
      ...profileClaims(account),
    })
  }

  async #idToken(session: KeycloakSession, claims: JWTPayload, now: number): Promise<string> {
    return this.#signWithPrivateKey({
      exp: seconds(now + this.#realm.lifetimes.accessTokenMs),
      ...claims,
      auth_time: seconds(session.startedAt),
      jti: crypto.randomUUID(),
      aud: session.clientId,
      typ: 'ID',
      session_state: session.id,
      acr: '1',
      sid: session.id,
      ...profileClaims(session.account),
    })
  }

  /** Issues a refresh token for a session, without counting as activity. */
  async refreshToken(session: KeycloakSession, issuer: string): Promise<string> {
    const { clock, lifetimes, refreshTokenAlgorithm } = this.#realm
    const now = clock.now()
    const { secret, secretKid } = await this.#keys()
    const jti = crypto.randomUUID()
    const expiresAt = now + lifetimes.refreshTokenMs
    this.sessions.rememberRefreshToken(session, jti, expiresAt)
    return new SignJWT({
      exp: seconds(expiresAt),
      iat: seconds(now),
      jti,
      iss: issuer,
      aud: issuer,
      sub: session.account.id,
      typ: 'Refresh',
      azp: session.clientId,
      session_state: session.id,
      scope: session.scope.join(' '),
      sid: session.id,
    })
      .setProtectedHeader({ alg: refreshTokenAlgorithm, typ: 'JWT', kid: secretKid })
      .sign(secret)
  }

  async #signWithPrivateKey(payload: JWTPayload): Promise<string> {
    const { privateKey, jwk } = await this.#keys()
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })
      .sign(privateKey)
  }
}

function refused(description: string): ProtocolError {
  return new ProtocolError(400, 'invalid_grant', description)
}

/** The session that a token belongs to. */
export function sessionId(payload: JWTPayload): string | undefined {
  return typeof payload['sid'] === 'string' ? payload['sid'] : undefined
}

/** What Keycloak's default mappers put into tokens and userinfo about an account. */
export function profileClaims(account: KeycloakAccount): Readonly<Record<string, unknown>> {
  const { person, username, groups } = account
  if (!person) return { preferred_username: username }
  return {
    email_verified: true,
    name: `${person.givenName} ${person.familyName}`,
    groups,
    preferred_username: username,
    given_name: person.givenName,
    family_name: person.familyName,
    email: person.email,
  }
}

// The signature only: jose compares `exp` in whole seconds, time travel wants milliseconds.
async function verified(token: string, key: CryptoKey): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await compactVerify(token, key)
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload))
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined
  } catch {
    return undefined
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000)
}
