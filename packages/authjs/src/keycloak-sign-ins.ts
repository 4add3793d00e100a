import { ConfigurationError } from '@evergrant/core'
import { keycloak, travis, truphone } from '@evergrant/providers'
import type { KeycloakUsersOptions, TravisOptions, TruphoneOptions } from '@evergrant/providers'
import { realmSignIn } from './sign-in.ts'
import type { RedirectSignIn } from './sign-in.ts'

/** What every redirect sign-in may be told beside its provider's own options. */
export interface SignInNaming {
  /** The id of the provider in Auth.js, which is part of the redirect URI. Default: the provider's name. */
  readonly id?: string | undefined
  /** What the button says. Default: the provider's name. */
  readonly name?: string | undefined
  /** Space-separated scope to ask for. Default `openid profile email`. */
  readonly scope?: string | undefined
}

const defaultScope = 'openid profile email'

/**
 * Users of any Keycloak realm, by redirect.
 * @throws {ConfigurationError} an option is missing, wrong or unknown; every one is named
 */
export function keycloakSignIn(options: KeycloakUsersOptions & SignInNaming): RedirectSignIn {
  const { id = 'keycloak', name = 'Keycloak', scope = defaultScope, ...own } = options
  const { clientId, clientSecret } = own
  return realmSignIn({ id, name, scope, clientId, clientSecret, authorization: keycloak.users(own) })
}

/**
 * Customers of TRAVIS, by redirect. TRAVIS documents the password grant only: ask whether your client may redirect, else
 * use `passwordSignIn({ authorization: travis.customers(…) })`.
 * @throws {ConfigurationError} an option is missing, wrong or unknown; every one is named
 */
export function travisSignIn(options: TravisOptions & SignInNaming): RedirectSignIn {
  const { id = 'travis', name = 'TRAVIS', scope = defaultScope, ...own } = options
  const { clientId, clientSecret } = own
  const authorization = travis.customers(own)
  assertRealm(authorization.server.issuer, name)
  return realmSignIn({ id, name, scope, clientId, clientSecret, authorization })
}

/**
 * Users of Truphone Connect, by redirect. Truphone documents service accounts only: ask whether your client may redirect.
 * @throws {ConfigurationError} an option is missing, wrong or unknown; every one is named
 */
export function truphoneSignIn(options: TruphoneOptions & SignInNaming): RedirectSignIn {
  const { id = 'truphone', name = 'Truphone Connect', scope = defaultScope, ...own } = options
  const { clientId, clientSecret } = own
  // The application's own grant stays behind: no user may ever receive its token.
  const { grant: _grant, ...authorization } = truphone(own)
  assertRealm(authorization.server.issuer, name)
  return realmSignIn({ id, name, scope, clientId, clientSecret, authorization })
}

// Auth.js finds everything else beside the issuer.
function assertRealm(issuer: string | undefined, name: string): void {
  if (issuer !== undefined) return
  throw new ConfigurationError(`${name} cannot be signed in to`, [
    'tokenEndpoint must be that of a Keycloak realm: …/realms/<realm>/protocol/openid-connect/token.',
  ])
}
