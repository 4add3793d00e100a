import { hideSecrets, redacted } from './redact.ts'

/** The tokens that are in use, in our units. Printing or serialising it hides the secrets. */
export interface TokenSet {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  /** The granted scope, if the server named it. */
  readonly scope?: string | undefined
  /** Epoch milliseconds; undefined: the server named no lifetime. */
  readonly expiresAt?: number | undefined
  /** Whether a refresh token is held. The token itself never leaves the engine. */
  readonly hasRefreshToken: boolean
}

/** Makes a token set that does not show its access token. */
export function createTokenSet(fields: TokenSet): TokenSet {
  const tokens = { ...fields }
  return Object.freeze(hideSecrets(tokens, () => ({ ...fields, accessToken: redacted })))
}
