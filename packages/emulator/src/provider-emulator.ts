import type { ProviderName } from './provider-name.ts'
import type { Faults } from './faults/fault.ts'
import type { IrisHabits, KeycloakHabits, TeamServerHabits, TrafficStarsHabits } from './habits/habits.ts'
import type {
  IrisCredentials,
  TeamServerCredentials,
  TrafficStarsCredentials,
  TravisCredentials,
  TruphoneCredentials,
} from './credentials.ts'

/** How long tokens live from now on, in milliseconds. An absent member stays as it is. */
export interface TokenLifetimes {
  readonly accessTokenMs?: number | undefined
  /** Of the refresh token; at Keycloak also the session's idle limit. IRIS issues none and ignores it. */
  readonly refreshTokenMs?: number | undefined
}

/** Absolute URLs for configuring a client. */
export interface ProviderEndpoints {
  readonly tokenEndpoint: string
  /** The resource API's base; ends in `/`. */
  readonly apiUrl: string
}

/** URLs of a Keycloak realm, beside the token endpoint. */
export interface KeycloakEndpoints extends ProviderEndpoints {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly discoveryEndpoint: string
  readonly jwksEndpoint: string
  readonly userinfoEndpoint: string
  readonly introspectionEndpoint: string
  readonly revocationEndpoint: string
  readonly logoutEndpoint: string
}

/** URLs of TrafficStars. */
export interface TrafficStarsEndpoints extends ProviderEndpoints {
  readonly sessionInfoEndpoint: string
  readonly logoutEndpoint: string
  readonly jwksEndpoint: string
}

/** URLs of a Team Server installation. */
export interface TeamServerEndpoints extends ProviderEndpoints {
  /** Where Team Server is installed, without a trailing slash. */
  readonly baseUrl: string
}

/** One emulated provider: its authorization server and the API behind it. */
export interface ProviderEmulator<
  Credentials = unknown,
  Endpoints extends ProviderEndpoints = ProviderEndpoints,
> {
  readonly name: ProviderName
  /** Visibly fake credentials that it accepts, and `limited` ones whose tokens the API answers 403. */
  readonly credentials: Credentials
  /** Ways to misbehave, for the next requests or for a share of them. */
  readonly faults: Faults
  /**
   * Sets the lifetimes of tokens issued from now on; tokens that are out keep theirs.
   * @throws {RangeError} a lifetime is not a number of milliseconds above 0, or longer than a hundred years
   */
  setLifetimes(lifetimes: TokenLifetimes): void
  /** Makes the API answer 401 `invalid_token` to every access token issued so far. Sessions live on. */
  revokeAccessTokens(): void
  /** Ends every session: no refresh token issued so far is accepted again. Access tokens live on. */
  revokeRefreshTokens(): void
  /** Makes the API answer 401 `invalid_token` to every access token, new ones included, until it is told to stop. */
  refuseAllAccessTokens(isRefusing: boolean): void
  /**
   * Sets the API's clock `ms` milliseconds ahead of the authorization server's (behind, if negative; 0 ends it):
   * tokens expire for it by its own clock, and its answers carry its `Date`.
   * @throws {RangeError} `ms` is not a number, or further apart than ten years
   */
  setApiClockSkew(ms: number): void
  /**
   * Lets pages of these origins, and of no others, read what the API answers (CORS). At the beginning no page may.
   * @throws {TypeError} one is no origin such as `https://www.example.com`
   * @see https://fetch.spec.whatwg.org/#http-cors-protocol
   */
  setPageOrigins(origins: readonly string[]): void
  /**
   * Returns absolute URLs: below `origin` (`http://127.0.0.1:4010`), or the provider's real ones without it.
   * Where the provider documents no API host, the real ones use a host below `.example`.
   */
  endpoints(origin?: string): Endpoints
}

/** What an administrator of a Keycloak can do to its clients. */
export interface KeycloakControls {
  /**
   * Changes behaviour.
   * @throws {TypeError} a habit is unknown or malformed; the message names every one
   */
  configure(habits: KeycloakHabits): void
  /**
   * Moves the not-before policy to now: the API and the token endpoint refuse every token issued so far ("Stale
   * token"), and token responses say when in `not-before-policy`.
   */
  bumpNotBefore(): void
  /**
   * Ends every session, so that refresh tokens are answered "Session not active"; the same as `revokeRefreshTokens`.
   */
  killSessions(): void
}

/** TRAVIS: Keycloak, users and service accounts, tokens of 300 s. */
export interface TravisEmulator
  extends ProviderEmulator<TravisCredentials, KeycloakEndpoints>, KeycloakControls {
  readonly name: 'travis'
  /**
   * Registers where the customers' client may be redirected to after a log-in with a browser, and nowhere else: compared
   * as texts. At the beginning there is none.
   * @throws {TypeError} one is no absolute URI, has a fragment or is a pattern
   * @see RFC 6749 §3.1.2, RFC 9700 §2.1
   */
  setRedirectUris(uris: readonly string[]): void
}

/** TrafficStars: Keycloak behind a facade, an API key that acts as an offline token. */
export interface TrafficStarsEmulator extends ProviderEmulator<
  TrafficStarsCredentials,
  TrafficStarsEndpoints
> {
  readonly name: 'trafficstars'
  /**
   * Changes behaviour.
   * @throws {TypeError} a habit is unknown or malformed; the message names every one
   */
  configure(habits: TrafficStarsHabits): void
  /** Withdraws the API keys: from now on they are refused. `revokeRefreshTokens` leaves them alone. */
  revokeApiKeys(): void
}

/** ER/Studio Team Server: legacy Spring Security OAuth, everything in the query. */
export interface TeamServerEmulator extends ProviderEmulator<TeamServerCredentials, TeamServerEndpoints> {
  readonly name: 'team-server'
  /**
   * Changes behaviour.
   * @throws {TypeError} a habit is unknown or malformed; the message names every one
   */
  configure(habits: TeamServerHabits): void
}

/** Trackunit IRIS: the password grant by client_secret_basic, no refresh token. */
export interface IrisEmulator extends ProviderEmulator<IrisCredentials> {
  readonly name: 'iris'
  /**
   * Changes behaviour.
   * @throws {TypeError} a habit is unknown or malformed; the message names every one
   */
  configure(habits: IrisHabits): void
}

/** Truphone Connect: Keycloak, service accounts, sessions that die after 30 idle minutes. */
export interface TruphoneEmulator
  extends ProviderEmulator<TruphoneCredentials, KeycloakEndpoints>, KeycloakControls {
  readonly name: 'truphone'
}
