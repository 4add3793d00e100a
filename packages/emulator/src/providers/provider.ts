import type { AccessTokens } from '../authorization-servers/access-tokens.ts'
import type { KeycloakTokens } from '../authorization-servers/keycloak-tokens.ts'
import type { EmulatorClock } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import type { TokenVerdict } from '../resource-apis/resource-api.ts'

/** The side of a provider that the emulator sees. */
export interface RespondingProvider {
  /** Query parameters of the API that hold no secrets: the journal shows their values. */
  readonly apiParameters: ReadonlySet<string>
  /**
   * Answers one request.
   * @throws {ProtocolError} the request is refused, in OAuth 2.0's words
   */
  respond(exchange: Exchange): Promise<Response>
}

/**
 * Judges a JWT as an API does: by signature, lifetime and revocation. The session is not asked, so an access token
 * outlives a sign-out, as it does with a real Keycloak.
 */
export function judgeJwt(tokens: KeycloakTokens): (token: string) => Promise<TokenVerdict> {
  return async token =>
    (await tokens.readAccessToken(token)) ?? { refusal: 'The access token is invalid, expired or revoked' }
}

/** Judges an opaque token by looking it up. */
export function judgeOpaque(
  accessTokens: AccessTokens,
  clock: EmulatorClock,
  words: { readonly invalid: (token: string) => string; readonly expired: (token: string) => string },
): (token: string) => Promise<TokenVerdict> {
  return async token => {
    const active = accessTokens.find(token)
    if (!active) return { refusal: words.invalid(token) }
    if (clock.now() >= active.expiresAt) return { refusal: words.expired(token) }
    return active
  }
}
