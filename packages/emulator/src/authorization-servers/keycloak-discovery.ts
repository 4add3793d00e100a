/**
 * Returns the metadata of a realm.
 * @see OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3
 */
export function discoveryDocument(issuer: string): Readonly<Record<string, unknown>> {
  const base = `${issuer}/protocol/openid-connect`
  const clientAuthentication = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/token/introspect`,
    userinfo_endpoint: `${base}/userinfo`,
    end_session_endpoint: `${base}/logout`,
    jwks_uri: `${base}/certs`,
    revocation_endpoint: `${base}/revoke`,
    grant_types_supported: ['authorization_code', 'client_credentials', 'password', 'refresh_token'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['plain', 'S256'],
    authorization_response_iss_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
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
