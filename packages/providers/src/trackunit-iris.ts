import { clientSecretBasic, passwordGrant } from '@evergrant/core'
import type { Authorization, ClientSecretBasicOptions } from '@evergrant/core'
import {
  apiUrlOption,
  clientOptions,
  resourceAt,
  tokenEndpointOption,
  userOptions,
} from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory } from './define-provider.ts'

/** An API user of Trackunit and its client. */
export interface TrackunitIrisOptions {
  readonly clientId: string
  readonly clientSecret: string
  readonly username: string
  readonly password: string
  /** IRIS documents no address of its API: `fetch` needs this, `getAccessToken()` does not. */
  readonly apiUrl?: string | undefined
  /** Default `https://auth.trackunit.com/token`. */
  readonly tokenEndpoint?: string | undefined
  /** How id and secret are encoded; see `clientSecretBasic`. Default `rfc`. */
  readonly basicEncoding?: ClientSecretBasicOptions['encoding']
}

const title = 'Trackunit IRIS'
const tokenEndpoint = 'https://auth.trackunit.com/token'
const where = 'An admin user creates API users in the Manager under Administration, API Access.'
const missing =
  'Trackunit IRIS documents no address of its API: pass apiUrl (environment variable IRIS_API_URL). getAccessToken() works without it.'

/** Trackunit IRIS, as an API user. It gives no refresh token: the password is presented again for each access token. */
export const trackunitIris: ProviderFactory<TrackunitIrisOptions, Authorization> = defineProvider({
  title,
  options: [
    ...clientOptions('IRIS', title, where),
    ...userOptions('IRIS', 'the API user', where),
    apiUrlOption('IRIS', title),
    tokenEndpointOption('IRIS', tokenEndpoint),
    {
      name: 'basicEncoding',
      isRequired: false,
      isSecret: false,
      env: 'IRIS_BASIC_ENCODING',
      kind: 'choice',
      choices: ['rfc', 'percent20', 'raw'],
      description: 'how id and secret are encoded before base64',
      defaultValue: 'rfc',
    },
  ],
  build: given => ({
    provider: 'iris',
    server: { tokenEndpoint: given.tokenEndpoint ?? tokenEndpoint },
    client: {
      clientId: given.clientId,
      authentication: clientSecretBasic(given.clientSecret, { encoding: given.basicEncoding }),
    },
    grant: passwordGrant({ username: given.username, password: given.password }, { scope: 'api' }),
    resource: resourceAt(given.apiUrl, missing),
  }),
})
