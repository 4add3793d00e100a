import type { KeycloakTokens } from '../authorization-servers/keycloak-tokens.ts'
import type { TokenLedger } from '../authorization-servers/token-ledger.ts'
import type { TokenVerdict } from '../resource-apis/resource-api.ts'

/** Tells what an access token is worth to an API. */
export type JudgeToken = (token: string) => Promise<TokenVerdict>

/**
 * Judges a JWT as an API does: by signature, lifetime and revocation. The session is not asked, so an access token
 * outlives a sign-out, as it does with a real Keycloak.
 */
export function judgeJwt(
  tokens: KeycloakTokens,
  { clock, resourceServer }: Pick<TokenLedger, 'clock' | 'resourceServer'>,
): JudgeToken {
  return async token => {
    const active = await tokens.readAccessToken(token, clock.now() + resourceServer.clockSkewMs)
    if (active && !resourceServer.isRefusing) return active
    const isStale = await tokens.isStaleAccessToken(token)
    return { refusal: isStale ? 'Stale token' : 'The access token is invalid, expired or revoked' }
  }
}

/** Judges an opaque token by looking it up. */
export function judgeOpaque(
  { accessTokens, clock, resourceServer }: TokenLedger,
  words: { readonly invalid: (token: string) => string; readonly expired: (token: string) => string },
): JudgeToken {
  return async token => {
    const active = accessTokens.find(token)
    if (!active || resourceServer.isRefusing) return { refusal: words.invalid(token) }
    if (clock.now() + resourceServer.clockSkewMs >= active.expiresAt) return { refusal: words.expired(token) }
    return active
  }
}
