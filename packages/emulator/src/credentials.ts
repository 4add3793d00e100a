/** An OAuth 2.0 client's id and secret. */
export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** A user who signs in with a password, and the client through which to do it. */
export interface UserCredentials extends ClientCredentials {
  readonly username: string
  readonly password: string
}

/** What TRAVIS accepts. The service account sees every vehicle; a customer sees its own. */
export interface TravisCredentials {
  /** For the `client_credentials` grant. */
  readonly serviceAccount: ClientCredentials
  /** The client through which customers sign in (the `password` grant); each customer repeats it. */
  readonly customerClient: ClientCredentials
  /** End users, for the `password` grant. */
  readonly customers: readonly [UserCredentials, UserCredentials, UserCredentials]
  /** Identities for the Location API only: their tokens are answered 403 by `vehicles`. */
  readonly limited: { readonly serviceAccount: ClientCredentials; readonly customer: UserCredentials }
}

/** What TrafficStars accepts: the API key of the profile page is the first refresh token. */
export interface TrafficStarsCredentials {
  readonly apiKey: string
  /** A key whose tokens are answered 403 by `v1/campaigns`. */
  readonly limited: { readonly apiKey: string }
}

/** What ER/Studio Team Server accepts. */
export interface TeamServerCredentials extends UserCredentials {
  /** The same user through a client registered for scope `write` only: answered 403 when it reads. */
  readonly limited: UserCredentials
}

/** What Trackunit IRIS accepts. */
export interface IrisCredentials extends UserCredentials {
  /** An API user whose subscription lacks the assets: answered 403. */
  readonly limited: UserCredentials
  /** As good as the first, but with characters that a client must encode: `:`, `+`, `%`, `&`, space, `€`. */
  readonly special: UserCredentials
}

/** What Truphone Connect accepts. */
export interface TruphoneCredentials extends ClientCredentials {
  /** A client without the SIM card role: answered 403. */
  readonly limited: ClientCredentials
}
