import { anonymous, clientCredentials, clientSecretBasic, clientSecretPost, none } from '@evergrant/core'
import type { Authorization, AuthorizationBase, ClientAuthentication, Grant, Rotation } from '@evergrant/core'
import { apiUrlOption, clientOptions, insecureHttpOption, resourceAt } from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory, ProviderOption } from './define-provider.ts'

/** Any OAuth 2.0 server, on behalf of users who sign in. */
export interface OAuthServerUsersOptions {
  readonly tokenEndpoint: string
  /** Absent: the server wants no client id at all. */
  readonly clientId?: string | undefined
  /** Absent: a public client. */
  readonly clientSecret?: string | undefined
  /** How the client proves itself. Default `client_secret_basic` with a secret, else `none`. @see RFC 6749 §2.3.1 */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | 'none' | undefined
  /** Where the access token may be sent, and what paths resolve against. Absent: `fetch` does not work. */
  readonly apiUrl?: string | undefined
  readonly revocationEndpoint?: string | undefined
  /** What the server does with used refresh tokens. Default: unknown, which counts as strict. */
  readonly rotation?: Rotation | undefined
  /** Sends the token request as a GET with everything in the URL, which servers and proxies log. Default false. */
  readonly unsafeGetTokenRequest?: boolean | undefined
  /** Plain http to another host than this machine. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
  /** A short name for messages and keys. Default: the host of the token endpoint. */
  readonly name?: string | undefined
}

/** Any OAuth 2.0 server, with the application's own grant. */
export interface OAuthServerOptions extends OAuthServerUsersOptions {
  /** Default `clientCredentials()`. */
  readonly grant?: Grant | undefined
}

const title = 'The OAuth server'
const [clientId, clientSecret] = clientOptions('OAUTH', 'the server')
const optional = { isRequired: false, isSecret: false } as const

const options: readonly ProviderOption<keyof OAuthServerUsersOptions>[] = [
  {
    name: 'tokenEndpoint',
    isRequired: true,
    isSecret: false,
    env: 'OAUTH_TOKEN_ENDPOINT',
    kind: 'url',
    description: 'the URL of the token endpoint',
  },
  { ...clientId, isRequired: false },
  { ...clientSecret, isRequired: false },
  {
    ...optional,
    name: 'clientAuthentication',
    env: 'OAUTH_CLIENT_AUTHENTICATION',
    kind: 'choice',
    choices: ['client_secret_basic', 'client_secret_post', 'none'],
    description: 'how the client proves itself',
    defaultValue: 'client_secret_basic',
  },
  apiUrlOption('OAUTH', "server's"),
  {
    ...optional,
    name: 'revocationEndpoint',
    env: 'OAUTH_REVOCATION_ENDPOINT',
    kind: 'url',
    description: 'the URL of the revocation endpoint',
  },
  {
    ...optional,
    name: 'rotation',
    kind: 'object',
    description: 'what the server does with used refresh tokens',
  },
  {
    ...optional,
    name: 'unsafeGetTokenRequest',
    env: 'OAUTH_UNSAFE_GET_TOKEN_REQUEST',
    kind: 'flag',
    description: 'true to send the token request as a GET with everything in the URL',
  },
  insecureHttpOption('OAUTH'),
  {
    ...optional,
    name: 'name',
    env: 'OAUTH_NAME',
    kind: 'text',
    description: 'a short name for messages and keys',
  },
]

function base(given: OAuthServerUsersOptions): AuthorizationBase {
  const { tokenEndpoint, revocationEndpoint, rotation, allowInsecureHttp } = given
  return {
    provider: given.name ?? new URL(tokenEndpoint).host,
    server: {
      tokenEndpoint,
      revocationEndpoint,
      rotation,
      allowInsecureHttp,
      tokenRequest: given.unsafeGetTokenRequest ? 'get-query' : 'post-form',
    },
    client: { clientId: given.clientId, authentication: authenticationOf(given) },
    resource: resourceAt(
      given.apiUrl,
      'Pass apiUrl (environment variable OAUTH_API_URL): the API that the token is for.',
    ),
  }
}

function authenticationOf(given: OAuthServerUsersOptions): ClientAuthentication {
  if (given.clientId === undefined) return anonymous()
  const {
    clientSecret: secret,
    clientAuthentication = secret === undefined ? 'none' : 'client_secret_basic',
  } = given
  if (clientAuthentication === 'none') return none()
  // An absent secret is refused by the method itself, by name.
  return clientAuthentication === 'client_secret_post'
    ? clientSecretPost(secret ?? '')
    : clientSecretBasic(secret ?? '')
}

const application: ProviderFactory<OAuthServerOptions, Authorization> = defineProvider({
  title,
  options: [
    ...options,
    { ...optional, name: 'grant', kind: 'object', description: 'the grant that the application holds' },
  ],
  build: ({ grant = clientCredentials(), ...given }) => ({ ...base(given), grant }),
})

const users: ProviderFactory<OAuthServerUsersOptions, Authorization<never>> = defineProvider({
  title: `${title} (users who sign in)`,
  options,
  build: base,
})

/** Any OAuth 2.0 server whose token endpoint is known; `.users` for users who sign in. */
export const oauthServer: ProviderFactory<OAuthServerOptions, Authorization> & {
  readonly users: ProviderFactory<OAuthServerUsersOptions, Authorization<never>>
} = Object.assign(application, { users })
