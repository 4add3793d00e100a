import type { Exchange } from '../exchange.ts'
import type { RequestKind } from '../journal.ts'
import { bearerToken } from '../http/authorization-header.ts'
import { challenge } from '../http/challenge.ts'
import { isForm, readForm } from '../http/form.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import { empty, json, noStore } from '../http/responses.ts'
import { KeycloakAuthorizationCodes } from './keycloak-authorization-codes.ts'
import { KeycloakAuthorizationEndpoint } from './keycloak-authorization-endpoint.ts'
import { authenticateClient } from './keycloak-client-authentication.ts'
import { discoveryDocument } from './keycloak-discovery.ts'
import type { KeycloakRealm } from './keycloak-realm.ts'
import { grantTokens, noteRequest } from './keycloak-token-endpoint.ts'
import { KeycloakTokens, profileClaims, sessionId } from './keycloak-tokens.ts'

type Endpoint = (exchange: Exchange, issuer: string) => Promise<Response>

interface Route {
  readonly kind: RequestKind
  readonly methods: readonly string[]
  readonly answer: Endpoint
}

/** One Keycloak realm: every endpoint below `/realms/<name>`. */
export class Keycloak {
  readonly tokens: KeycloakTokens
  readonly authorization: KeycloakAuthorizationEndpoint
  readonly #codes = new KeycloakAuthorizationCodes()
  readonly #realm: KeycloakRealm
  readonly #routes: ReadonlyMap<string, Route>

  constructor(realm: KeycloakRealm) {
    this.#realm = realm
    this.tokens = new KeycloakTokens(realm)
    this.authorization = new KeycloakAuthorizationEndpoint(realm, this.tokens, this.#codes)
    const { authorize, authenticate } = this.authorization
    const oidc = 'protocol/openid-connect'
    this.#routes = new Map<string, Route>([
      [
        '.well-known/openid-configuration',
        {
          kind: 'discovery',
          methods: ['GET'],
          answer: async (_, issuer) => json(200, discoveryDocument(issuer)),
        },
      ],
      [`${oidc}/auth`, { kind: 'authorization', methods: ['GET', 'POST'], answer: authorize }],
      ['login-actions/authenticate', { kind: 'log-in', methods: ['POST'], answer: authenticate }],
      [`${oidc}/token`, { kind: 'token', methods: ['POST'], answer: this.#token }],
      [`${oidc}/certs`, { kind: 'jwks', methods: ['GET'], answer: this.#certs }],
      [`${oidc}/userinfo`, { kind: 'userinfo', methods: ['GET', 'POST'], answer: this.#userinfo }],
      [`${oidc}/token/introspect`, { kind: 'introspection', methods: ['POST'], answer: this.#introspect }],
      [`${oidc}/revoke`, { kind: 'revocation', methods: ['POST'], answer: this.#revoke }],
      [`${oidc}/logout`, { kind: 'logout', methods: ['POST'], answer: this.#logout }],
    ])
  }

  /**
   * Answers a request for `path`, which starts at `/realms/`.
   * @throws {ProtocolError} the request is refused
   */
  async respond(exchange: Exchange, path: string): Promise<Response> {
    const prefix = `/realms/${this.#realm.name}/`
    if (!path.startsWith(prefix)) throw new ProtocolError(404, 'Realm does not exist')
    const route = this.#routes.get(path.slice(prefix.length))
    // Keycloak hands JAX-RS' own messages through as error codes.
    if (!route) throw new ProtocolError(404, 'HTTP 404 Not Found')
    exchange.facts.kind = route.kind
    const { method } = exchange.request
    if (!route.methods.includes(method)) {
      throw new ProtocolError(405, 'HTTP 405 Method Not Allowed', undefined, {
        allow: route.methods.join(', '),
      })
    }
    if (route.kind !== 'userinfo' && method === 'POST' && !isForm(exchange.request)) {
      throw new ProtocolError(415, 'HTTP 415 Unsupported Media Type')
    }
    return route.answer(exchange, issuerOf(exchange.publicUrl, this.#realm.name))
  }

  readonly #token: Endpoint = async (exchange, issuer) => {
    const context = { realm: this.#realm, tokens: this.tokens, codes: this.#codes }
    return json(200, await grantTokens(context, exchange, issuer), noStore)
  }

  readonly #certs: Endpoint = async () => json(200, await this.tokens.publicKeys())

  /** OpenID Connect Core §5.3 */
  readonly #userinfo: Endpoint = async exchange => {
    const { request } = exchange
    const token = bearerToken(request) ?? (await readForm(request)).get('access_token')
    const realm = this.#realm.name
    if (!token) throw unauthorized(challenge('Bearer', { realm }))
    const active = await this.tokens.readAccessToken(token)
    if (!active) throw bearerError(realm, 401, 'invalid_token', 'Token verification failed')
    exchange.facts.clientId = active.grant.clientId
    exchange.facts.username = active.grant.username
    const session = this.tokens.sessions.find(active.grant.sessionId, this.#realm.clock.now())
    if (!session) {
      const description = "User session not found or doesn't have client attached on it"
      throw bearerError(realm, 401, 'invalid_token', description)
    }
    if (!active.grant.scope.includes('openid')) {
      throw bearerError(realm, 403, 'insufficient_scope', 'Missing openid scope')
    }
    return json(200, { sub: session.account.id, ...profileClaims(session.account) }, noStore)
  }

  /** RFC 7662 */
  readonly #introspect: Endpoint = async exchange => {
    const { client, form } = await this.#authenticated(exchange)
    const token = form.get('token')
    if (token === null) throw new ProtocolError(400, 'invalid_request', 'Token not provided.')
    const access = await this.tokens.readAccessToken(token)
    const refresh = access ? undefined : await this.tokens.readRefreshToken(token)
    const payload = access?.payload ?? (refresh && !this.tokens.isExpired(refresh) ? refresh : undefined)
    const session = payload && this.tokens.sessions.find(sessionId(payload), this.#realm.clock.now())
    if (!payload || !session) return json(200, { active: false }, noStore)
    const { username } = session.account
    const claims = { ...payload, client_id: payload['azp'] ?? client.clientId, username }
    return json(200, { ...claims, token_type: payload['typ'], active: true }, noStore)
  }

  /** RFC 7009. An unknown token is 200 with an error inside, which is Keycloak's reading of §2.2. */
  readonly #revoke: Endpoint = async exchange => {
    const { client, form } = await this.#authenticated(exchange)
    const token = form.get('token')
    if (token === null) throw new ProtocolError(400, 'invalid_request', 'Token not provided')
    const access = await this.tokens.readAccessToken(token)
    const payload = access?.payload ?? (await this.tokens.readRefreshToken(token))
    const session = payload && this.tokens.sessions.find(sessionId(payload), this.#realm.clock.now())
    if (!payload || !session) throw new ProtocolError(200, 'invalid_token', 'Invalid token')
    if (payload['azp'] !== client.clientId) {
      throw new ProtocolError(400, 'invalid_request', 'Unmatching clients')
    }
    // A revoked refresh token takes its session along. Access tokens that APIs check by signature live on, but this
    // emulator's APIs know the revoked one.
    if (access) this.#realm.accessTokens.revoke(payload.jti ?? '')
    else this.tokens.sessions.end(session.id)
    return empty(200)
  }

  /** Keycloak's own back-channel logout: client authentication and the refresh token. */
  readonly #logout: Endpoint = async exchange => {
    const { client, form } = await this.#authenticated(exchange)
    const refreshToken = form.get('refresh_token')
    if (refreshToken === null) throw new ProtocolError(400, 'invalid_request', 'No refresh token')
    const payload = await this.tokens.readRefreshToken(refreshToken)
    if (!payload || payload['azp'] !== client.clientId) {
      throw new ProtocolError(400, 'invalid_grant', 'Invalid refresh token')
    }
    this.tokens.sessions.end(sessionId(payload) ?? '')
    return empty(204)
  }

  async #authenticated(exchange: Exchange): Promise<{
    readonly client: ReturnType<typeof authenticateClient>
    readonly form: URLSearchParams
  }> {
    const form = await readForm(exchange.request)
    noteRequest(this.#realm, exchange, form)
    return { client: authenticateClient(this.#realm, exchange.request, form), form }
  }
}

/** The issuer follows the URL by which the realm was reached, as a Keycloak without a fixed hostname does. */
function issuerOf(publicUrl: URL, realm: string): string {
  const marker = `/realms/${realm}`
  const end = publicUrl.pathname.indexOf(marker) + marker.length
  return publicUrl.origin + publicUrl.pathname.slice(0, end)
}

function unauthorized(header: string): ProtocolError {
  return new ProtocolError(401, 'invalid_request', 'Missing token', { 'www-authenticate': header })
}

function bearerError(realm: string, status: number, error: string, description: string): ProtocolError {
  const header = challenge('Bearer', { realm, error, error_description: description })
  return new ProtocolError(status, error, description, { 'www-authenticate': header })
}
