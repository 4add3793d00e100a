import { clientCredentials, clientSecretPost, none, passwordGrant } from '@evergrant/core'
import type { Authorization, AuthorizationBase } from '@evergrant/core'
import {
  apiUrlOption,
  clientOptions,
  insecureHttpOption,
  resourceAt,
  userOptions,
  withTrailingSlash,
} from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory, ProviderOption } from './define-provider.ts'
import { keycloakServer } from './keycloak-server.ts'

/** A client of a Keycloak realm, on behalf of users who sign in. */
export interface KeycloakUsersOptions {
  /** Where Keycloak is, such as `https://sso.example.com` (with `/auth` for old releases). */
  readonly baseUrl: string
  readonly realm: string
  readonly clientId: string
  /** Absent: a public client. */
  readonly clientSecret?: string | undefined
  /** Where the access token may be sent, and what paths resolve against. Absent: `fetch` does not work. */
  readonly apiUrl?: string | undefined
  /** Plain http to another host than this machine. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
}

/** The application itself, as a service account. */
export interface KeycloakOptions extends KeycloakUsersOptions {
  readonly clientSecret: string
  /** Space-separated scope to ask for. Default: none. */
  readonly scope?: string | undefined
}

/** One configured user. */
export interface KeycloakUserOptions extends KeycloakUsersOptions {
  readonly username: string
  readonly password: string
  /** Space-separated scope to ask for. Default: none. */
  readonly scope?: string | undefined
}

const title = 'Keycloak'
const [clientId, clientSecret] = clientOptions('KEYCLOAK', title, 'It is in the admin console under Clients.')

const usersOptions: readonly ProviderOption<keyof KeycloakUsersOptions>[] = [
  {
    name: 'baseUrl',
    isRequired: true,
    isSecret: false,
    env: 'KEYCLOAK_BASE_URL',
    kind: 'url',
    description: 'the address of Keycloak, such as https://sso.example.com',
  },
  {
    name: 'realm',
    isRequired: true,
    isSecret: false,
    env: 'KEYCLOAK_REALM',
    kind: 'text',
    description: 'the realm',
  },
  clientId,
  { ...clientSecret, isRequired: false },
  apiUrlOption('KEYCLOAK', title),
  insecureHttpOption('KEYCLOAK'),
]

const scopeOption: ProviderOption<'scope'> = {
  name: 'scope',
  isRequired: false,
  isSecret: false,
  env: 'KEYCLOAK_SCOPE',
  kind: 'text',
  description: 'the scope to ask for, separated by spaces',
}

function base(given: KeycloakUsersOptions): AuthorizationBase {
  const realm = `realms/${encodeURIComponent(given.realm)}/protocol/openid-connect/token`
  const server = keycloakServer(new URL(realm, withTrailingSlash(given.baseUrl)).href)
  const authentication = given.clientSecret === undefined ? none() : clientSecretPost(given.clientSecret)
  return {
    provider: 'keycloak',
    server: { ...server, allowInsecureHttp: given.allowInsecureHttp },
    client: { clientId: given.clientId, authentication },
    resource: resourceAt(
      given.apiUrl,
      'Pass apiUrl (environment variable KEYCLOAK_API_URL): the API that the token is for.',
    ),
  }
}

const serviceAccount: ProviderFactory<KeycloakOptions, Authorization> = defineProvider({
  title,
  options: [...usersOptions.filter(option => option.name !== 'clientSecret'), clientSecret, scopeOption],
  build: ({ scope, ...given }) => ({ ...base(given), grant: clientCredentials({ scope }) }),
})

const user: ProviderFactory<KeycloakUserOptions, Authorization> = defineProvider({
  title: `${title} (one user)`,
  options: [...usersOptions, ...userOptions('KEYCLOAK', 'the user'), scopeOption],
  build: ({ username, password, scope, ...given }) => ({
    ...base(given),
    grant: passwordGrant({ username, password }, { scope }),
  }),
})

const users: ProviderFactory<KeycloakUsersOptions, Authorization<never>> = defineProvider({
  title: `${title} (users who sign in)`,
  options: usersOptions,
  build: base,
})

/** Any Keycloak realm: the application's own service account, `.user` for one configured user, `.users` for sign-ins. */
export const keycloak: ProviderFactory<KeycloakOptions, Authorization> & {
  readonly user: ProviderFactory<KeycloakUserOptions, Authorization>
  readonly users: ProviderFactory<KeycloakUsersOptions, Authorization<never>>
} = Object.assign(serviceAccount, { user, users })
