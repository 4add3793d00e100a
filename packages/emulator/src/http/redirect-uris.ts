/**
 * Checks redirect URIs before they are registered.
 * @throws {TypeError} one is no absolute URI, has a fragment or is a pattern; the message names it
 * @see RFC 6749 §3.1.2
 */
export function checkRedirectUris(uris: readonly string[]): void {
  const wrong = uris.find(uri => !URL.canParse(uri) || uri.includes('#') || uri.includes('*'))
  if (wrong === undefined) return
  throw new TypeError(
    `"${wrong}" cannot be a redirect URI: give an absolute one without a fragment and without wildcards, such as https://www.example.com/api/auth/callback/keycloak.`,
  )
}
