import type { Exchange } from '../exchange.ts'
import { bearerToken } from '../http/authorization-header.ts'
import { challenge } from '../http/challenge.ts'
import { duplicatedParameter, isForm, readForm } from '../http/form.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import { empty, json, noStore } from '../http/responses.ts'
import type { RequestKind } from '../journal.ts'
import { noteClaims } from './facts.ts'
import type { KeycloakAccount, KeycloakRealm } from './keycloak-realm.ts'
import { KeycloakTokens } from './keycloak-tokens.ts'
import type { KeycloakSession } from './keycloak-sessions.ts'

/** The client that the facade is at its Keycloak; callers never name it. */
const facadeClientId = 'tsa-api'

interface Route {
  readonly kind: RequestKind
  readonly methods: readonly string[]
  readonly answer: (exchange: Exchange) => Promise<Response>
}

/** TrafficStars' `/v1/auth`: a facade in front of Keycloak, without client ids. */
export class TrafficStarsAuthorization {
  readonly tokens: KeycloakTokens
  includeRefreshToken = false
  readonly #realm: KeycloakRealm
  readonly #accounts: Map<string, KeycloakAccount>
  readonly #revokedKeys = new Set<string>()
  readonly #routes: ReadonlyMap<string, Route>

  /** `apiKeys` maps each API key to its account. */
  constructor(realm: KeycloakRealm, apiKeys: ReadonlyMap<string, KeycloakAccount>) {
    this.#realm = realm
    this.#accounts = new Map(apiKeys)
    this.tokens = new KeycloakTokens(realm)
    const certs = `/auth/realms/${realm.name}/protocol/openid-connect/certs`
    this.#routes = new Map<string, Route>([
      ['/v1/auth/token', { kind: 'token', methods: ['POST'], answer: e => this.#token(e) }],
      ['/v1/auth/info', { kind: 'session-info', methods: ['POST'], answer: e => this.#info(e) }],
      // The method is not stated and the sample is a plain GET; sign-out by POST is what people expect.
      ['/v1/auth/logout', { kind: 'logout', methods: ['GET', 'POST'], answer: e => this.#logout(e) }],
      [
        certs,
        { kind: 'jwks', methods: ['GET'], answer: async () => json(200, await this.tokens.publicKeys()) },
      ],
    ])
  }

  /** Whether the path is one of the authorization server's. */
  owns(path: string): boolean {
    return path.startsWith('/v1/auth/') || path.startsWith('/auth/')
  }

  /** @throws {ProtocolError} the request is refused */
  async respond(exchange: Exchange): Promise<Response> {
    const route = this.#routes.get(exchange.path)
    if (!route) throw new ProtocolError(404, 'not_found', 'No such endpoint')
    exchange.facts.kind = route.kind
    if (!route.methods.includes(exchange.request.method)) {
      throw new ProtocolError(405, 'method_not_allowed', 'Method not allowed', {
        allow: route.methods.join(', '),
      })
    }
    return route.answer(exchange)
  }

  /** Refuses every API key from now on. */
  revokeApiKeys(): void {
    for (const key of this.#accounts.keys()) this.#revokedKeys.add(key)
  }

  async #token(exchange: Exchange): Promise<Response> {
    if (!isForm(exchange.request)) {
      throw new ProtocolError(415, 'invalid_request', 'Use application/x-www-form-urlencoded')
    }
    const form = await readForm(exchange.request)
    const [grantType, clientId] = [form.get('grant_type'), form.get('client_id')]
    noteClaims(exchange.facts, { grantType, clientId }, {})
    if (!grantType) throw new ProtocolError(400, 'invalid_request', 'Missing form parameter: grant_type')
    if (grantType !== 'refresh_token') {
      throw new ProtocolError(400, 'unsupported_grant_type', 'Unsupported grant_type')
    }
    const duplicate = duplicatedParameter(form)
    if (duplicate !== undefined) throw new ProtocolError(400, 'invalid_request', 'duplicated parameter')
    const refreshToken = form.get('refresh_token')
    if (!refreshToken) throw new ProtocolError(400, 'invalid_request', 'No refresh token')
    const session = this.#sessionOfKey(refreshToken) ?? (await this.#sessionOfRefreshToken(refreshToken))
    const issued = await this.tokens.issue(session, this.#issuer(exchange))
    const { access_token, expires_in, refresh_token, token_type, id_token } = issued
    const refresh = this.includeRefreshToken ? { refresh_token } : {}
    return json(200, { access_token, expires_in, ...refresh, token_type, id_token }, noStore)
  }

  /** The API key is an offline token: it never rotates, and each use opens a session. */
  #sessionOfKey(apiKey: string): KeycloakSession | undefined {
    const account = this.#accounts.get(apiKey)
    if (!account) return undefined
    if (this.#revokedKeys.has(apiKey)) {
      throw new ProtocolError(400, 'invalid_grant', 'Offline user session not found')
    }
    const scope = ['openid', ...this.#realm.defaultScope]
    return this.tokens.sessions.start({ clientId: facadeClientId, account, scope }, this.#realm.clock.now())
  }

  async #sessionOfRefreshToken(refreshToken: string): Promise<KeycloakSession> {
    const payload = await this.tokens.readRefreshToken(refreshToken)
    if (!payload) throw new ProtocolError(400, 'invalid_grant', 'Invalid refresh token')
    return this.tokens.spend(payload)
  }

  async #info(exchange: Exchange): Promise<Response> {
    const { token, session, expiresAt } = await this.#bearer(exchange)
    const body = {
      access_token: token,
      expires_in: Math.floor((expiresAt - this.#realm.clock.now()) / 1_000),
      refresh_token: await this.tokens.refreshToken(session, this.#issuer(exchange)),
      token_type: 'bearer',
    }
    return json(200, body, noStore)
  }

  /** Ends the session and its access tokens; the API key opens another one. */
  async #logout(exchange: Exchange): Promise<Response> {
    const { session } = await this.#bearer(exchange)
    this.tokens.sessions.end(session.id)
    this.#realm.accessTokens.revokeSession(session.id)
    return empty(204)
  }

  async #bearer(exchange: Exchange): Promise<{
    readonly token: string
    readonly session: KeycloakSession
    readonly expiresAt: number
  }> {
    const token = bearerToken(exchange.request)
    if (!token) {
      throw new ProtocolError(401, 'unauthorized', 'Access token is missing', {
        'www-authenticate': 'Bearer',
      })
    }
    const active = await this.tokens.readAccessToken(token)
    const session = active && this.tokens.sessions.find(active.grant.sessionId, this.#realm.clock.now())
    if (!session) {
      const description = 'Access token is invalid or expired'
      const header = challenge('Bearer', { error: 'invalid_token', error_description: description })
      throw new ProtocolError(401, 'invalid_token', description, { 'www-authenticate': header })
    }
    exchange.facts.username = active.grant.username
    return { token, session, expiresAt: active.expiresAt }
  }

  #issuer({ publicUrl, path }: Exchange): string {
    const base = publicUrl.pathname.slice(0, -path.length)
    return `${publicUrl.origin}${base}/auth/realms/${this.#realm.name}`
  }
}
