import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import type { Grant } from './grants/grant.ts'

/** What an authorization server does with a refresh token that was used. Unknown counts as rotating without grace. */
export interface Rotation {
  /** `none`: the same token stays; `reusable`: a new one comes, the old one works on; `rotating`: single use. */
  readonly mode: 'none' | 'reusable' | 'rotating' | 'unknown'
  /** How long a used token is still accepted, in milliseconds. Default 0. */
  readonly graceMs?: number | undefined
}

/** How a provider ends a session when somebody signs out. */
export interface SessionEnd {
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** `refresh-token`: client authentication and the refresh token, as Keycloak wants it; `access-token`: a bearer. */
  readonly presents: 'refresh-token' | 'access-token'
}

/** One authorization server, as plain data: its endpoints and its habits. */
export interface AuthorizationServer {
  readonly tokenEndpoint: string
  readonly issuer?: string | undefined
  readonly revocationEndpoint?: string | undefined
  readonly introspectionEndpoint?: string | undefined
  readonly userinfoEndpoint?: string | undefined
  readonly jwksUri?: string | undefined
  readonly sessionEnd?: SessionEnd | undefined
  /** Where the server tells about the current session, asked with POST and the access token. */
  readonly sessionInfoEndpoint?: string | undefined
  readonly rotation?: Rotation | undefined
  /** Which rung comes first for a grant that can be repeated. Default `refresh-token`. @see RFC 6749 §4.4.3 */
  readonly firstRung?: 'refresh-token' | 're-grant' | undefined
  /** `get-query` puts everything into the URL (Team Server). Unsafe: proxies and servers log URLs. Default `post-form`. */
  readonly tokenRequest?: 'post-form' | 'get-query' | undefined
  /** Error codes that mean "this grant is dead" beside `invalid_grant` (legacy Spring: `invalid_token`). */
  readonly deadGrantErrors?: readonly string[] | undefined
  /** Accept a response without `token_type` as Bearer. Default false. */
  readonly allowsMissingTokenType?: boolean | undefined
  /** The lifetime of an access token whose response names none, in milliseconds. Default: unknown, used until refused. */
  readonly defaultLifetimeMs?: number | undefined
  /** A refresh ends the old access token at once (legacy Spring). Default false. */
  readonly refreshKillsAccessToken?: boolean | undefined
  /** Plain http to another host than loopback. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
}

/** The OAuth client: who the application is to the server. */
export interface Client {
  /** Absent only with the `anonymous` method, where the server wants no client id at all. */
  readonly clientId?: string | undefined
  readonly authentication: ClientAuthentication
}

/** Where the access token may be sent. */
export interface Resource {
  /** Allowed origins; a request elsewhere fails before it is sent. */
  readonly origins: readonly string[]
  /** Relative URLs resolve below this one. Absent: `fetch` takes absolute URLs only. */
  readonly baseUrl?: string | undefined
  /** What to configure when there is no origin at all, in the provider's words. */
  readonly missing?: string | undefined
}

/** Everything but the grant: what stays the same for every user of an application. */
export interface AuthorizationBase {
  /** A short name for keys, messages and events: `truphone`. */
  readonly provider: string
  readonly server: AuthorizationServer
  readonly client: Client
  readonly resource: Resource
  /** Space-separated scope that a sign-in asks for if its grant names none. */
  readonly signInScope?: string | undefined
}

/**
 * Who the application is, which server it uses and which grant it holds, as plain data. `Authorization<never>` holds
 * no grant: it is for users who sign in, so that none of them can ever receive the application's own token.
 */
export type Authorization<G extends Grant = Grant> = AuthorizationBase &
  ([G] extends [never] ? { readonly grant?: never } : { readonly grant: G })
