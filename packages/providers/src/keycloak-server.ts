import type { AuthorizationServer } from '@evergrant/core'

const tokenPath = /^(.*)\/protocol\/openid-connect\/token\/?$/

/**
 * The endpoints of a Keycloak realm, from its token endpoint: they all stand beside it. Whether the realm revokes used
 * refresh tokens cannot be seen from outside, so rotation stays unknown, which counts as strict.
 */
export function keycloakServer(tokenEndpoint: string): AuthorizationServer {
  const issuer = tokenPath.exec(tokenEndpoint)?.[1]
  if (issuer === undefined) return { tokenEndpoint }
  const base = `${issuer}/protocol/openid-connect`
  return {
    issuer,
    tokenEndpoint,
    revocationEndpoint: `${base}/revoke`,
    introspectionEndpoint: `${base}/token/introspect`,
    userinfoEndpoint: `${base}/userinfo`,
    jwksUri: `${base}/certs`,
    sessionEnd: { url: `${base}/logout`, method: 'POST', presents: 'refresh-token' },
  }
}
