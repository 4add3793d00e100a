/**
 * What becomes of a refresh token once it has been used. `off`: it stays good. `on`: it is good once; a replay is
 * refused. `{ graceMs }`: replays are honoured for so long after the first use, then refused. `reuse-detection`: a
 * replay is refused and kills the family, that is, every refresh token that came out of the same sign-in.
 */
export type Rotation = 'off' | 'on' | 'reuse-detection' | { readonly graceMs: number }

/** How a Keycloak behaves; an absent member stays as it is. */
export interface KeycloakHabits {
  /** Default `off`, which is Keycloak's. */
  readonly rotation?: Rotation | undefined
  /**
   * What `refresh_expires_in` says: the truth (default), or 0, as for offline sessions. Refresh tokens expire all the
   * same.
   */
  readonly refreshExpiresIn?: 'real' | 'zero' | undefined
  /** Kills sessions that were not refreshed for so long, in milliseconds; default the refresh token's lifetime. */
  readonly sessionIdleMs?: number | undefined
  /** `required`: an authorization request without a code challenge by S256 is refused; default `optional`. */
  readonly pkce?: 'optional' | 'required' | undefined
}

/** How TrafficStars behaves; an absent member stays as it is. */
export interface TrafficStarsHabits {
  /** Adds a refresh token to token responses; default false. */
  readonly includeRefreshToken?: boolean | undefined
  /** Of those refresh tokens; default `off`. API keys never rotate. */
  readonly rotation?: Rotation | undefined
}

/** How Team Server behaves; an absent member stays as it is. */
export interface TeamServerHabits {
  /** Default `off`, which is legacy Spring's: the same refresh token comes back. With any other, a new one comes. */
  readonly rotation?: Rotation | undefined
  /**
   * Answers with the same access token, and an `expires_in` that shrinks, until it expires; default false. A refresh
   * with `revokeAccessTokenOnRefresh` issues a new one even so.
   */
  readonly returnsSameToken?: boolean | undefined
  /** Kills the old access token at the moment of a refresh, as DefaultTokenServices does; default false. */
  readonly revokeAccessTokenOnRefresh?: boolean | undefined
}

/** How IRIS behaves; an absent member stays as it is. */
export interface IrisHabits {
  /** How id and secret are encoded before base64: form-urlencoded (`rfc`, RFC 6749 §2.3.1; the default), or `raw`. */
  readonly basicEncoding?: 'rfc' | 'raw' | undefined
}
