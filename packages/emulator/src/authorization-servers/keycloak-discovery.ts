/**
 * Returns the metadata of a realm, without an `authorization_endpoint`: no log-in page stands behind the emulator.
 * @see OpenID Connect Discovery §3, RFC 8414 §2
 */
export function discoveryDocument(issuer: string): Readonly<Record<string, unknown>> {
  const base = `${issuer}/protocol/openid-connect`
  const clientAuthentication = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/token/introspect`,
    userinfo_endpoint: `${base}/userinfo`,
    end_session_endpoint: `${base}/logout`,
    jwks_uri: `${base}/certs`,
    revocation_endpoint: `${base}/revoke`,
    grant_types_supported: ['client_credentials', 'password', 'refresh_token'],
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: clientAuthentication,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    revocation_endpoint_auth_methods_supported: clientAuthentication,
    claims_supported: [
      'aud',
      'sub',
      'iss',
      'name',
      'given_name',
      'family_name',
      'preferred_username',
      'email',
    ],
    scopes_supported: ['openid', 'profile', 'email', 'groups', 'roles'],
  }
}
