import { ProtocolError } from '../http/protocol-error.ts'
import type { CodeChallenge } from './keycloak-authorization-request.ts'
import type { IssuedCode } from './keycloak-authorization-codes.ts'
import type { KeycloakClient } from './keycloak-realm.ts'
import type { KeycloakContext } from './keycloak-token-endpoint.ts'
import type { KeycloakTokenResponse } from './keycloak-tokens.ts'

/**
 * Exchanges an authorization code for tokens. A code that comes back a second time ends its session, and the access
 * tokens that came of it.
 * @throws {ProtocolError} the code, its redirect URI or its verifier is refused
 * @see RFC 6749 §4.1.3, RFC 7636 §4.6, OpenID Connect Core §3.1.3
 */
export async function authorizationCodeGrant(
  context: KeycloakContext,
  client: KeycloakClient,
  form: URLSearchParams,
  issuer: string,
): Promise<KeycloakTokenResponse> {
  const { codes, realm, tokens } = context
  const value = form.get('code')
  if (value === null) throw new ProtocolError(400, 'invalid_request', 'Missing parameter: code')
  if (!client.allowsStandardFlow) {
    throw new ProtocolError(400, 'unauthorized_client', 'Client not allowed to exchange code')
  }
  const now = realm.clock.now()
  const spent = codes.spend(value, now)
  if (spent.kind === 'replay') {
    tokens.sessions.end(spent.code.sessionId)
    realm.accessTokens.revokeSession(spent.code.sessionId)
  }
  if (spent.kind === 'expired') throw refused('Code is expired')
  if (spent.kind !== 'first') throw refused('Code not valid')
  const { code } = spent
  if (code.clientId !== client.clientId) throw refused('Auth error')
  if (code.redirectUri !== form.get('redirect_uri')) throw refused('Incorrect redirect_uri')
  await checkVerifier(code.challenge, form.get('code_verifier'))
  const session = tokens.sessions.find(code.sessionId, now)
  if (session === undefined) throw refused('Session not active')
  return tokens.issue(session, issuer, session.scope, nonceOf(code))
}

// Only the ID token of the log-in itself carries it. OpenID Connect Core §12.2
function nonceOf({ nonce }: IssuedCode): { readonly nonce?: string } {
  return nonce === undefined ? {} : { nonce }
}

async function checkVerifier(challenge: CodeChallenge | undefined, verifier: string | null): Promise<void> {
  if (challenge === undefined) {
    if (verifier === null) return
    throw refused('PKCE code verifier specified but challenge not present in authorization')
  }
  if (verifier === null) throw refused('PKCE code verifier not specified')
  if (!/^[\w.~-]{43,128}$/.test(verifier)) throw refused('PKCE invalid code verifier')
  const derived = challenge.method === 'plain' ? verifier : await s256(verifier)
  if (derived !== challenge.value) throw refused('PKCE verification failed: Code mismatch')
}

async function s256(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function refused(description: string): ProtocolError {
  return new ProtocolError(400, 'invalid_grant', description)
}
