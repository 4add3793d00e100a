import { duplicatedParameter } from '../http/form.ts'
import type { KeycloakClient, KeycloakRealm } from './keycloak-realm.ts'

/** How a client proves at the token endpoint that it asked for the code. RFC 7636 §4.2 */
export interface CodeChallenge {
  readonly method: 'S256' | 'plain'
  readonly value: string
}

/** An authorization request that may go on to the log-in page. */
export interface AuthorizationRequest {
  readonly client: KeycloakClient
  readonly redirectUri: string
  readonly scope: readonly string[]
  readonly state: string | undefined
  readonly nonce: string | undefined
  readonly challenge: CodeChallenge | undefined
  readonly loginHint: string | undefined
}

/** What an authorization request turns out to be. */
export type JudgedRequest =
  | { readonly kind: 'accepted'; readonly request: AuthorizationRequest }
  /** The person is told, and nobody is redirected: the client or its redirect URI is not known. RFC 6749 §4.1.2.1 */
  | { readonly kind: 'shown'; readonly error: string; readonly message: string }
  /** The client is told, by a redirect. */
  | ({ readonly kind: 'refused' } & RefusedRequest)

/** What a client is told, and where. */
export interface RefusedRequest {
  readonly redirectUri: string
  readonly state: string | undefined
  readonly error: string
  readonly description: string
}

/** What the people's side of a realm is configured with. */
export interface RequestRules {
  /** The registered redirect URIs of a client, compared as texts. */
  readonly redirectUris: (clientId: string) => readonly string[]
  /** Whether a request without a code challenge by S256 is refused. */
  readonly requiresPkce: boolean
}

/**
 * Judges an authorization request, in Keycloak's order: client, redirect URI, then what the client may be told.
 * @see RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 7636 §4.3
 */
export function judgeAuthorizationRequest(
  realm: Pick<KeycloakRealm, 'clients' | 'defaultScope' | 'optionalScope'>,
  rules: RequestRules,
  parameters: URLSearchParams,
): JudgedRequest {
  const clientId = single(parameters, 'client_id')
  if (clientId === undefined) return shown('invalid_request', 'Missing parameter: client_id')
  const client = realm.clients.find(candidate => candidate.clientId === clientId)
  if (client === undefined) return shown('client_not_found', 'Client not found.')
  const redirectUri = single(parameters, 'redirect_uri')
  if (redirectUri === undefined || !rules.redirectUris(clientId).includes(redirectUri)) {
    return shown('invalid_redirect_uri', 'Invalid parameter: redirect_uri')
  }
  const state = single(parameters, 'state')
  const problem = problemOf(parameters, client, rules) ?? scopeProblem(realm, parameters)
  if (problem !== undefined) {
    const [error, description] = problem
    return { kind: 'refused', redirectUri, state, error, description }
  }
  return {
    kind: 'accepted',
    request: {
      client,
      redirectUri,
      state,
      scope: grantedScope(realm, parameters),
      nonce: single(parameters, 'nonce'),
      challenge: challengeOf(parameters),
      loginHint: single(parameters, 'login_hint'),
    },
  }
}

type Problem = readonly [error: string, description: string]

function problemOf(
  parameters: URLSearchParams,
  client: KeycloakClient,
  rules: RequestRules,
): Problem | undefined {
  if (duplicatedParameter(parameters) !== undefined) return ['invalid_request', 'duplicated parameter']
  const responseType = parameters.get('response_type')
  if (responseType === null) return ['invalid_request', 'Missing parameter: response_type']
  if (responseType !== 'code') return ['unsupported_response_type', 'Only response_type=code is supported']
  if (!client.allowsStandardFlow) {
    return ['unauthorized_client', 'Client is not allowed to initiate browser login with given response_type']
  }
  if (parameters.has('request')) return ['request_not_supported', 'The parameter request is not supported']
  if (parameters.has('request_uri')) {
    return ['request_uri_not_supported', 'The parameter request_uri is not supported']
  }
  const responseMode = parameters.get('response_mode')
  if (responseMode !== null && responseMode !== 'query') {
    return ['invalid_request', 'Invalid parameter: response_mode']
  }
  // Nobody stays signed in at this server: there is no session that could answer without a page.
  const prompts = (parameters.get('prompt') ?? '').split(' ')
  if (prompts.includes('none')) return ['login_required', 'Nobody is signed in']
  return challengeProblem(parameters, rules.requiresPkce)
}

function challengeProblem(parameters: URLSearchParams, isRequired: boolean): Problem | undefined {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === null) {
    if (isRequired) return ['invalid_request', 'Missing parameter: code_challenge']
    return method === null ? undefined : ['invalid_request', 'Missing parameter: code_challenge']
  }
  if (isRequired && method === null) return ['invalid_request', 'Missing parameter: code_challenge_method']
  const isKnown = method === null || method === 'S256' || method === 'plain'
  if (!isKnown || (isRequired && method !== 'S256')) {
    return ['invalid_request', 'Invalid parameter: code_challenge_method']
  }
  return /^[\w.~-]{43,128}$/.test(challenge)
    ? undefined
    : ['invalid_request', 'Invalid parameter: code_challenge']
}

function challengeOf(parameters: URLSearchParams): CodeChallenge | undefined {
  const value = parameters.get('code_challenge')
  if (value === null) return undefined
  return { value, method: parameters.get('code_challenge_method') === 'S256' ? 'S256' : 'plain' }
}

type Scopes = Pick<KeycloakRealm, 'defaultScope' | 'optionalScope'>

function scopeProblem(realm: Scopes, parameters: URLSearchParams): Problem | undefined {
  const requested = requestedScope(parameters)
  const allowed = allowedScope(realm)
  if (requested.every(name => allowed.includes(name))) return undefined
  return ['invalid_scope', `Invalid scopes: ${requested.join(' ')}`]
}

function grantedScope(realm: Scopes, parameters: URLSearchParams): readonly string[] {
  const requested = requestedScope(parameters)
  return allowedScope(realm).filter(name => realm.defaultScope.includes(name) || requested.includes(name))
}

function allowedScope({ defaultScope, optionalScope }: Scopes): readonly string[] {
  return ['openid', ...defaultScope, ...optionalScope]
}

function requestedScope(parameters: URLSearchParams): readonly string[] {
  return (parameters.get('scope') ?? '').split(' ').filter(name => name !== '')
}

/** A parameter that stands there exactly once; an empty one counts as left out (RFC 6749 §3.1). */
function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name)
  return values.length === 1 && values[0] !== '' ? values[0] : undefined
}

function shown(error: string, message: string): JudgedRequest {
  return { kind: 'shown', error, message }
}
