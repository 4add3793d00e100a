import { passwordGrant } from '@evergrant/core'
import type { Authorization, AuthorizationBase, ClientAuthentication } from '@evergrant/core'
import { clientSecretPost } from '@evergrant/core'
import {
  clientOptions,
  insecureHttpOption,
  resourceAt,
  userOptions,
  withTrailingSlash,
} from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory, ProviderOption } from './define-provider.ts'

/** An installation of Team Server and a client that is registered there. */
export interface TeamServerUsersOptions {
  /** Where the installation is, such as `https://teamserver.example.com`. */
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Plain http to another host than this machine. The user name and password travel in the URL. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
}

/** One configured user. */
export interface TeamServerOptions extends TeamServerUsersOptions {
  readonly username: string
  readonly password: string
}

const title = 'ER/Studio Team Server'
const whereClient = 'An administrator registers clients in the Team Server installation.'

const options: readonly ProviderOption<keyof TeamServerUsersOptions>[] = [
  {
    name: 'baseUrl',
    isRequired: true,
    isSecret: false,
    env: 'TEAM_SERVER_BASE_URL',
    kind: 'url',
    description: 'the address of the Team Server installation, such as https://teamserver.example.com',
  },
  ...clientOptions('TEAM_SERVER', title, whereClient),
  insecureHttpOption('TEAM_SERVER'),
]

// The token request is a GET with everything in the query string, the client's id and secret too; the form body that
// this method fills becomes that query.
const inQuery = (clientSecret: string): ClientAuthentication => clientSecretPost(clientSecret)

function base({
  baseUrl,
  clientId,
  clientSecret,
  allowInsecureHttp,
}: TeamServerUsersOptions): AuthorizationBase {
  const root = withTrailingSlash(baseUrl)
  return {
    provider: 'team-server',
    server: {
      tokenEndpoint: new URL('api/oauth/token', root).href,
      tokenRequest: 'get-query',
      // Legacy Spring Security OAuth, assumed from the path and the samples: an expired refresh token is `invalid_token`.
      deadGrantErrors: ['invalid_token'],
      allowInsecureHttp,
    },
    client: { clientId, authentication: inQuery(clientSecret) },
    resource: resourceAt(new URL('api/', root).href),
  }
}

const users: ProviderFactory<TeamServerUsersOptions, Authorization<never>> = defineProvider({
  title: `${title} (users who sign in)`,
  options,
  build: base,
})

const oneUser: ProviderFactory<TeamServerOptions, Authorization> = defineProvider({
  title,
  options: [...options, ...userOptions('TEAM_SERVER', 'a Team Server user who may use the API')],
  build: ({ username, password, ...given }) => ({
    ...base(given),
    grant: passwordGrant({ username, password }),
  }),
})

/**
 * ER/Studio Team Server, for one configured user; `.users` for users who sign in. Its token request carries the password
 * in the URL: Evergrant shows that URL nowhere, but the server's own access log keeps it.
 */
export const erStudioTeamServer: ProviderFactory<TeamServerOptions, Authorization> & {
  readonly users: ProviderFactory<TeamServerUsersOptions, Authorization<never>>
} = Object.assign(oneUser, { users })
