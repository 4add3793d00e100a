import type { Exchange } from '../exchange.ts'
import { duplicatedParameter, readForm } from '../http/form.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import { noteClaims } from './facts.ts'
import type { KeycloakAuthorizationCodes } from './keycloak-authorization-codes.ts'
import { authenticateClient, claimedClientId } from './keycloak-client-authentication.ts'
import { authorizationCodeGrant } from './keycloak-code-grant.ts'
import type { KeycloakAccount, KeycloakClient, KeycloakRealm } from './keycloak-realm.ts'
import type { KeycloakTokenResponse, KeycloakTokens } from './keycloak-tokens.ts'

/** What the grants of the token endpoint work with. */
export interface KeycloakContext {
  readonly realm: KeycloakRealm
  readonly tokens: KeycloakTokens
  readonly codes: KeycloakAuthorizationCodes
}

/**
 * Answers a POST to the token endpoint. Keycloak checks in this order: grant type, client, duplicated parameters,
 * then the grant.
 * @throws {ProtocolError} the request is refused
 */
export async function grantTokens(
  context: KeycloakContext,
  exchange: Exchange,
  issuer: string,
): Promise<KeycloakTokenResponse> {
  const form = await readForm(exchange.request)
  noteRequest(context.realm, exchange, form)
  const grantType = form.get('grant_type')
  if (grantType === null)
    throw new ProtocolError(400, 'invalid_request', 'Missing form parameter: grant_type')
  const grant = grants.get(grantType)
  if (!grant) throw new ProtocolError(400, 'unsupported_grant_type', 'Unsupported grant_type')
  const client = authenticateClient(context.realm, exchange.request, form)
  if (duplicatedParameter(form) !== undefined) {
    throw new ProtocolError(400, 'invalid_request', 'duplicated parameter')
  }
  return grant(context, client, form, issuer)
}

/** Notes in the journal what a form says about its sender. */
export function noteRequest(realm: KeycloakRealm, exchange: Exchange, form: URLSearchParams): void {
  noteClaims(
    exchange.facts,
    {
      grantType: form.get('grant_type'),
      clientId: claimedClientId(exchange.request, form),
      username: form.get('username'),
    },
    {
      clientIds: realm.clients.map(client => client.clientId),
      usernames: realm.users.map(user => user.username),
    },
  )
}

type Grant = (
  context: KeycloakContext,
  client: KeycloakClient,
  form: URLSearchParams,
  issuer: string,
) => Promise<KeycloakTokenResponse>

const grants: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ['authorization_code', authorizationCodeGrant],
  ['password', passwordGrant],
  ['client_credentials', clientCredentialsGrant],
  ['refresh_token', refreshTokenGrant],
])

/** RFC 6749 §4.3 */
async function passwordGrant(
  context: KeycloakContext,
  client: KeycloakClient,
  form: URLSearchParams,
  issuer: string,
): Promise<KeycloakTokenResponse> {
  if (!client.allowsPasswordGrant) {
    throw new ProtocolError(400, 'unauthorized_client', 'Client not allowed for direct access grants')
  }
  const scope = resolveScope(context.realm, form)
  const username = form.get('username')
  // 401 on purpose, here and below: Keycloak's direct grant flow answers so, where RFC 6749 §5.2 has 400.
  if (!username) throw new ProtocolError(401, 'invalid_request', 'Missing parameter: username')
  const user = context.realm.users.find(candidate => candidate.username === username.toLowerCase())
  if (!user || user.password !== form.get('password')) {
    throw new ProtocolError(401, 'invalid_grant', 'Invalid user credentials')
  }
  return startSession(context, client, user, scope, issuer)
}

/** RFC 6749 §4.4. Both realms have "use refresh tokens for client credentials grant" on, which is off by default. */
async function clientCredentialsGrant(
  context: KeycloakContext,
  client: KeycloakClient,
  form: URLSearchParams,
  issuer: string,
): Promise<KeycloakTokenResponse> {
  if (!client.serviceAccount) {
    throw new ProtocolError(401, 'unauthorized_client', 'Client not enabled to retrieve service account')
  }
  const scope = resolveScope(context.realm, form)
  return startSession(context, client, client.serviceAccount, scope, issuer)
}

/** RFC 6749 §6. Each response carries a new refresh token; what becomes of the old one is a matter of rotation. */
async function refreshTokenGrant(
  { tokens }: KeycloakContext,
  client: KeycloakClient,
  form: URLSearchParams,
  issuer: string,
): Promise<KeycloakTokenResponse> {
  const refreshToken = form.get('refresh_token')
  if (refreshToken === null) throw new ProtocolError(400, 'invalid_request', 'No refresh token')
  const payload = await tokens.readRefreshToken(refreshToken)
  if (!payload) throw new ProtocolError(400, 'invalid_grant', 'Invalid refresh token')
  if (payload['azp'] !== client.clientId) {
    throw new ProtocolError(
      400,
      'invalid_grant',
      "Invalid refresh token. Token client and authorized client don't match",
    )
  }
  const session = tokens.spend(payload)
  return tokens.issue(session, issuer, narrowScope(session.scope, form))
}

function startSession(
  { realm, tokens }: KeycloakContext,
  client: KeycloakClient,
  account: KeycloakAccount,
  scope: readonly string[],
  issuer: string,
): Promise<KeycloakTokenResponse> {
  const { clientId } = client
  return tokens.issue(tokens.sessions.start({ clientId, account, scope }, realm.clock.now()), issuer)
}

function requestedScope(form: URLSearchParams): readonly string[] {
  return (form.get('scope') ?? '').split(' ').filter(name => name !== '')
}

/** Default scopes are always granted; `openid` and the optional ones on request. */
function resolveScope(realm: KeycloakRealm, form: URLSearchParams): readonly string[] {
  const requested = requestedScope(form)
  const allowed = ['openid', ...realm.defaultScope, ...realm.optionalScope]
  if (requested.some(name => !allowed.includes(name))) throw invalidScope(requested)
  return allowed.filter(name => realm.defaultScope.includes(name) || requested.includes(name))
}

/** A refresh may ask for less than was granted, never for more. RFC 6749 §6 */
function narrowScope(granted: readonly string[], form: URLSearchParams): readonly string[] {
  const requested = requestedScope(form)
  if (requested.length === 0) return granted
  if (requested.some(name => !granted.includes(name))) throw invalidScope(requested)
  return granted.filter(name => requested.includes(name))
}

function invalidScope(requested: readonly string[]): ProtocolError {
  return new ProtocolError(400, 'invalid_scope', `Invalid scopes: ${requested.join(' ')}`)
}
