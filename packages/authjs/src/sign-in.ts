import type { Authorization } from '@evergrant/core'
import type { OIDCConfig } from '@auth/core/providers'
import type { Profile } from '@auth/core/types'

/** One way to sign in whose tokens are kept fresh. */
export type SignIn = RedirectSignIn | PasswordSignIn

/** People go to the authorization server and come back. */
export interface RedirectSignIn {
  readonly kind: 'redirect'
  /** The id of the provider in Auth.js. */
  readonly id: string
  /** Auth.js' own definition of the provider. Absent: it stands in the configuration of Auth.js already. */
  readonly provider?: OIDCConfig<Profile> | undefined
  /** Who the application is to the authorization server, and where its tokens may go. */
  readonly authorization: Authorization<never>
}

/** People type name and password into a page of the application: the password grant. */
export interface PasswordSignIn {
  readonly kind: 'password'
  /** The id of the provider in Auth.js. */
  readonly id: string
  readonly name: string
  readonly authorization: Authorization<never>
}

/** Options of {@link passwordSignIn}. */
export interface PasswordSignInOptions {
  /** Whose users sign in, without a grant: `travis.customers`, `erStudioTeamServer.users`, `keycloak.users`. */
  readonly authorization: Authorization<never>
  /** The id of the provider in Auth.js. Default: the authorization's provider. */
  readonly id?: string | undefined
  /** What the button says. Default: the id. */
  readonly name?: string | undefined
}

/**
 * A credentials provider for servers that take the password grant. Wrong passwords are counted: five tries per account in
 * 15 minutes. A redirect sign-in is better wherever the server has one.
 * @see RFC 9700 §2.4
 */
export function passwordSignIn(options: PasswordSignInOptions): PasswordSignIn {
  const { authorization, id = authorization.provider, name = id } = options
  return { kind: 'password', id, name, authorization }
}

/** What Auth.js' definition of a Keycloak realm is made of. */
export interface RealmOptions {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly scope: string
  readonly authorization: Authorization<never>
}

/** Builds the sign-in at a Keycloak realm: PKCE, `state` and `nonce`, all three. */
export function realmSignIn(options: RealmOptions): RedirectSignIn {
  const { id, name, clientId, clientSecret, scope, authorization } = options
  const { issuer = '' } = authorization.server
  return {
    kind: 'redirect',
    id,
    authorization,
    provider: {
      id,
      name,
      type: 'oidc',
      issuer,
      clientId,
      checks: ['pkce', 'state', 'nonce'],
      authorization: { params: { scope } },
      ...(clientSecret === undefined
        ? { client: { token_endpoint_auth_method: 'none' } }
        : { clientSecret, client: { token_endpoint_auth_method: 'client_secret_post' } }),
      // A database of an adapter would keep a refresh token that is used up after the first rotation.
      account: () => ({}),
    },
  }
}
