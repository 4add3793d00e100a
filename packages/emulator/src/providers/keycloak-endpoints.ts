import type { KeycloakEndpoints } from '../provider-emulator.ts'

/** Returns the URLs of a realm and of the API behind it. */
export function keycloakEndpoints(issuer: string, apiUrl: string): KeycloakEndpoints {
  const base = `${issuer}/protocol/openid-connect`
  return {
    tokenEndpoint: `${base}/token`,
    apiUrl,
    issuer,
    authorizationEndpoint: `${base}/auth`,
    discoveryEndpoint: `${issuer}/.well-known/openid-configuration`,
    jwksEndpoint: `${base}/certs`,
    userinfoEndpoint: `${base}/userinfo`,
    introspectionEndpoint: `${base}/token/introspect`,
    revocationEndpoint: `${base}/revoke`,
    logoutEndpoint: `${base}/logout`,
  }
}
