import { clientCredentials, clientSecretPost } from '@evergrant/core'
import type { Authorization } from '@evergrant/core'
import { apiUrlOption, clientOptions, resourceAt, tokenEndpointOption } from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory } from './define-provider.ts'
import { keycloakServer } from './keycloak-server.ts'

/** A client of Truphone Connect. */
export interface TruphoneOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** Default `https://services.truphone.com/connect-api/`. */
  readonly apiUrl?: string | undefined
  /** Default: the production realm. */
  readonly tokenEndpoint?: string | undefined
}

const title = 'Truphone Connect'
const apiUrl = 'https://services.truphone.com/connect-api/'
const tokenEndpoint = 'https://services.truphone.com/auth/realms/tru-staff/protocol/openid-connect/token'

/**
 * Truphone Connect, as the application itself. The refresh token is used first, as documented; it dies after 30 idle
 * minutes, and then the grant is repeated without anyone noticing.
 */
export const truphone: ProviderFactory<TruphoneOptions, Authorization> = defineProvider({
  title,
  options: [
    ...clientOptions('TRUPHONE', title),
    apiUrlOption('TRUPHONE', title, apiUrl),
    tokenEndpointOption('TRUPHONE', tokenEndpoint),
  ],
  build: given => ({
    provider: 'truphone',
    // Keycloak, as the path shows; its session endpoints are assumed beside the token endpoint (November 2026).
    server: keycloakServer(given.tokenEndpoint ?? tokenEndpoint),
    client: { clientId: given.clientId, authentication: clientSecretPost(given.clientSecret) },
    grant: clientCredentials(),
    resource: resourceAt(given.apiUrl ?? apiUrl),
  }),
})
