import { clientCredentials, clientSecretPost, passwordGrant } from '@evergrant/core'
import type { Authorization, AuthorizationBase } from '@evergrant/core'
import {
  apiUrlOption,
  clientOptions,
  resourceAt,
  tokenEndpointOption,
  userOptions,
} from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory } from './define-provider.ts'
import { keycloakServer } from './keycloak-server.ts'

/** What every identity of TRAVIS needs. */
export interface TravisOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** TRAVIS documents no address of its API: `fetch` needs this, `getAccessToken()` does not. */
  readonly apiUrl?: string | undefined
  /** Default: the production realm. */
  readonly tokenEndpoint?: string | undefined
}

/** One configured customer user. */
export interface TravisCustomerOptions extends TravisOptions {
  readonly username: string
  readonly password: string
}

const title = 'TRAVIS'
const tokenEndpoint = 'https://auth.yourtravis.com/realms/travis-road-services/protocol/openid-connect/token'
// "Must be set to openid" on first grants; the documented refresh request sends none.
const scope = 'openid'
const missing =
  'TRAVIS documents no address of its API: pass apiUrl (environment variable TRAVIS_API_URL). getAccessToken() works without it.'

const options = [
  ...clientOptions('TRAVIS', title),
  apiUrlOption('TRAVIS', title),
  tokenEndpointOption('TRAVIS', tokenEndpoint),
] as const

// Keycloak, as the path of the token endpoint shows; its session endpoints are assumed beside it (November 2026).
function base(given: TravisOptions): AuthorizationBase {
  return {
    provider: 'travis',
    server: keycloakServer(given.tokenEndpoint ?? tokenEndpoint),
    client: { clientId: given.clientId, authentication: clientSecretPost(given.clientSecret) },
    resource: resourceAt(given.apiUrl, missing),
  }
}

const serviceAccount: ProviderFactory<TravisOptions, Authorization> = defineProvider({
  title,
  options,
  build: given => ({ ...base(given), grant: clientCredentials({ scope }) }),
})

const customer: ProviderFactory<TravisCustomerOptions, Authorization> = defineProvider({
  title: `${title} (one customer)`,
  options: [...options, ...userOptions('TRAVIS', 'the customer user')],
  build: ({ username, password, ...given }) => ({
    ...base(given),
    grant: passwordGrant({ username, password }, { scope }),
  }),
})

const customers: ProviderFactory<TravisOptions, Authorization<never>> = defineProvider({
  title: `${title} (customers who sign in)`,
  options,
  build: given => ({ ...base(given), signInScope: scope }),
})

/**
 * TRAVIS, in its three identities. `serviceAccount`: the application itself, for partner integrations and the Location
 * API. `customer`: one customer user from configuration. `customers`: users who sign in, for `createUserTokens`.
 */
export const travis: {
  readonly serviceAccount: ProviderFactory<TravisOptions, Authorization>
  readonly customer: ProviderFactory<TravisCustomerOptions, Authorization>
  readonly customers: ProviderFactory<TravisOptions, Authorization<never>>
} = { serviceAccount, customer, customers }
