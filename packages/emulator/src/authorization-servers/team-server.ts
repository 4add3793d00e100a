import type { UserCredentials } from '../credentials.ts'
import type { Rotation, TeamServerHabits } from '../habits/habits.ts'
import type { Exchange } from '../exchange.ts'
import { basicCredentials } from '../http/authorization-header.ts'
import { challenge } from '../http/challenge.ts'
import { readForm } from '../http/form.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import { json, noStore } from '../http/responses.ts'
import type { AccessGrant } from './access-tokens.ts'
import { noteClaims } from './facts.ts'
import type { TokenLedger } from './token-ledger.ts'
import { RefreshTokenUses } from './token-rotation.ts'

/** A client and what it is registered for. */
export interface TeamServerClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: readonly string[]
}

interface RefreshToken {
  readonly value: string
  readonly client: TeamServerClient
  readonly username: string
  readonly expiresAt: number
  readonly family: Family
}

/** What came out of one sign-in. */
interface Family {
  /** The refresh tokens, oldest first. */
  readonly members: string[]
  readonly uses: RefreshTokenUses
  accessToken: string
}

const sweepEvery = 1_000
const maxTokensPerFamily = 1_000

/**
 * Team Server's `/api/oauth/token`, which answers like legacy Spring Security OAuth: everything may come in the
 * query of a GET, and a POSTed form is read the same way.
 */
export class TeamServerAuthorization {
  #rotation: Rotation = 'off'
  #returnsSameToken = false
  #revokesAccessTokenOnRefresh = false
  readonly #clients: readonly TeamServerClient[]
  readonly #users: readonly Pick<UserCredentials, 'username' | 'password'>[]
  readonly #ledger: TokenLedger
  readonly #refreshTokens = new Map<string, RefreshToken>()

  constructor(
    options: TokenLedger & {
      readonly clients: readonly TeamServerClient[]
      readonly users: readonly Pick<UserCredentials, 'username' | 'password'>[]
    },
  ) {
    this.#clients = options.clients
    this.#users = options.users
    this.#ledger = options
  }

  /** @throws {ProtocolError} the request is refused */
  async respond(exchange: Exchange): Promise<Response> {
    exchange.facts.kind = 'token'
    const { request } = exchange
    if (request.method !== 'GET' && request.method !== 'POST') {
      const description = `Request method '${request.method}' not supported`
      throw new ProtocolError(405, 'method_not_allowed', description, { allow: 'GET, POST' })
    }
    // A servlet's parameters are the query's followed by the form's.
    const parameters = new URLSearchParams([...exchange.query, ...(await readForm(request))])
    this.#note(exchange, parameters)
    const client = this.#authenticate(request, parameters)
    const grantType = parameters.get('grant_type')
    if (!grantType) throw new ProtocolError(400, 'invalid_request', 'Missing grant type')
    const scope = requestedScope(client, parameters)
    if (grantType === 'password') return this.#password(client, scope, parameters)
    if (grantType === 'refresh_token') return this.#refresh(client, parameters)
    throw new ProtocolError(400, 'unsupported_grant_type', `Unsupported grant type: ${grantType}`)
  }

  /** Changes behaviour; an absent member stays as it is. */
  configure(habits: TeamServerHabits): void {
    this.#rotation = habits.rotation ?? this.#rotation
    this.#returnsSameToken = habits.returnsSameToken ?? this.#returnsSameToken
    this.#revokesAccessTokenOnRefresh = habits.revokeAccessTokenOnRefresh ?? this.#revokesAccessTokenOnRefresh
  }

  /** Forgets every refresh token. */
  revokeRefreshTokens(): void {
    this.#refreshTokens.clear()
  }

  #note(exchange: Exchange, parameters: URLSearchParams): void {
    const basic = basicCredentials(exchange.request)
    const clientId = typeof basic === 'object' ? basic.clientId : parameters.get('client_id')
    noteClaims(
      exchange.facts,
      { grantType: parameters.get('grant_type'), clientId, username: parameters.get('username') },
      {
        clientIds: this.#clients.map(client => client.clientId),
        usernames: this.#users.map(user => user.username),
      },
    )
  }

  #authenticate(request: Request, parameters: URLSearchParams): TeamServerClient {
    const basic = basicCredentials(request, 'raw')
    if (basic && parameters.has('client_secret')) {
      // Spring takes the header and ignores the parameter; RFC 6749 §2.3 forbids to send both.
      throw new ProtocolError(400, 'invalid_request', 'Multiple client authentication methods in one request')
    }
    const clientId = typeof basic === 'object' ? basic.clientId : parameters.get('client_id')
    const clientSecret = typeof basic === 'object' ? basic.clientSecret : parameters.get('client_secret')
    if (clientId === null) {
      const description = 'Full authentication is required to access this resource'
      throw new ProtocolError(401, 'unauthorized', description, formChallenge('unauthorized', description))
    }
    const client = this.#clients.find(candidate => candidate.clientId === clientId)
    if (!client || client.clientSecret !== clientSecret) {
      const description = 'Bad client credentials'
      throw new ProtocolError(
        401,
        'invalid_client',
        description,
        formChallenge('invalid_client', description),
      )
    }
    return client
  }

  #password(client: TeamServerClient, scope: readonly string[], parameters: URLSearchParams): Response {
    const [username, password] = [parameters.get('username'), parameters.get('password')]
    const user = this.#users.find(candidate => candidate.username === username)
    if (!user || user.password !== password) throw new ProtocolError(400, 'invalid_grant', 'Bad credentials')
    const existing = this.#existing(client.clientId, user.username, scope)
    if (existing) return this.#tokenResponse(existing)
    const accessToken = this.#issueAccessToken(client, user.username, scope)
    const family = { members: [], uses: new RefreshTokenUses(), accessToken }
    return this.#tokenResponse(this.#issueRefreshToken({ ...client, scope }, user.username, family))
  }

  /** Spring's token store keeps one access token for each client, user and scope. */
  #existing(clientId: string, username: string, scope: readonly string[]): RefreshToken | undefined {
    if (!this.#returnsSameToken) return undefined
    return [...this.#refreshTokens.values()].findLast(
      token =>
        token.client.clientId === clientId &&
        token.username === username &&
        token.client.scope.join(' ') === scope.join(' ') &&
        this.#ledger.clock.now() < token.expiresAt &&
        this.#isAlive(token.family.accessToken),
    )
  }

  #isAlive(accessToken: string): boolean {
    return this.#ledger.clock.now() < (this.#ledger.accessTokens.find(accessToken)?.expiresAt ?? 0)
  }

  #issueRefreshToken(client: TeamServerClient, username: string, family: Family): RefreshToken {
    const now = this.#ledger.clock.now()
    const expiresAt = now + this.#ledger.lifetimes.refreshTokenMs
    const refreshToken = { value: crypto.randomUUID(), client, username, expiresAt, family }
    this.#refreshTokens.set(refreshToken.value, refreshToken)
    family.members.push(refreshToken.value)
    if (family.members.length > maxTokensPerFamily) this.#refreshTokens.delete(family.members.shift() ?? '')
    if (this.#refreshTokens.size % sweepEvery === 0) this.#sweep(now)
    return refreshToken
  }

  /**
   * `reuseRefreshToken` is Spring's default: the same refresh token comes back and keeps its lifetime. Without it
   * Spring answers a new one; that a replay kills the family is not Spring's doing, but a gateway's in front of it
   * might be.
   */
  #refresh(client: TeamServerClient, parameters: URLSearchParams): Response {
    // Spring echoes the refresh token; clients must not let it into their logs.
    const value = parameters.get('refresh_token')
    const refreshToken = this.#refreshTokens.get(value ?? '')
    if (!refreshToken) throw new ProtocolError(400, 'invalid_grant', `Invalid refresh token: ${value}`)
    if (refreshToken.client.clientId !== client.clientId) {
      throw new ProtocolError(400, 'invalid_grant', `Wrong client for this refresh token: ${value}`)
    }
    if (this.#ledger.clock.now() >= refreshToken.expiresAt) {
      this.#refreshTokens.delete(refreshToken.value)
      // InvalidTokenException carries 401, where RFC 6749 §5.2 has 400 invalid_grant.
      throw new ProtocolError(401, 'invalid_token', `Invalid refresh token (expired): ${value}`)
    }
    this.#spend(refreshToken)
    const { family, username } = refreshToken
    if (this.#revokesAccessTokenOnRefresh) this.#ledger.accessTokens.revoke(family.accessToken)
    if (!this.#returnsSameToken || !this.#isAlive(family.accessToken)) {
      family.accessToken = this.#issueAccessToken(client, username, refreshToken.client.scope)
    }
    const isKept = this.#rotation === 'off'
    return this.#tokenResponse(
      isKept ? refreshToken : this.#issueRefreshToken(refreshToken.client, username, family),
    )
  }

  #spend({ family, value }: RefreshToken): void {
    const use = family.uses.use(value, this.#rotation, this.#ledger.clock.now())
    if (use === 'first' || use === 'in-grace') return
    if (this.#rotation === 'reuse-detection') {
      for (const member of family.members) this.#refreshTokens.delete(member)
      this.#ledger.accessTokens.revoke(family.accessToken)
    }
    throw new ProtocolError(400, 'invalid_grant', `Invalid refresh token: ${value}`)
  }

  #issueAccessToken(client: TeamServerClient, username: string, scope: readonly string[]): string {
    const token = crypto.randomUUID()
    const issuedAt = this.#ledger.clock.now()
    const grant: AccessGrant = {
      clientId: client.clientId,
      username,
      subject: username,
      sessionId: undefined,
      scope,
      permissions: new Set(scope),
      customerId: undefined,
    }
    this.#ledger.accessTokens.add(token, {
      grant,
      issuedAt,
      expiresAt: issuedAt + this.#ledger.lifetimes.accessTokenMs,
    })
    return token
  }

  #tokenResponse(refreshToken: RefreshToken): Response {
    const { accessToken } = refreshToken.family
    const expiresAt = this.#ledger.accessTokens.find(accessToken)?.expiresAt ?? 0
    const body = {
      access_token: accessToken,
      token_type: 'bearer',
      refresh_token: refreshToken.value,
      // Spring rounds down what is left when the response is written, hence 86399 in the document.
      expires_in: Math.floor((expiresAt - this.#ledger.clock.now() - 1) / 1_000),
      scope: refreshToken.client.scope.join(' '),
    }
    return json(200, body, { ...noStore, 'content-type': 'application/json;charset=UTF-8' })
  }

  #sweep(now: number): void {
    for (const [value, { expiresAt }] of this.#refreshTokens) {
      if (now >= expiresAt) this.#refreshTokens.delete(value)
    }
  }
}

/** The scope a client asks for; without a request, all it is registered for. */
function requestedScope(client: TeamServerClient, parameters: URLSearchParams): readonly string[] {
  const requested = (parameters.get('scope') ?? '').split(' ').filter(name => name !== '')
  const unknown = requested.find(name => !client.scope.includes(name))
  if (unknown !== undefined) throw new ProtocolError(400, 'invalid_scope', `Invalid scope: ${unknown}`)
  return requested.length === 0 ? client.scope : requested
}

// ClientCredentialsTokenEndpointFilter names its scheme "Form".
function formChallenge(error: string, description: string): Readonly<Record<string, string>> {
  const parameters = { realm: 'oauth2/client', error, error_description: description }
  return { 'www-authenticate': challenge('Form', parameters) }
}
