import { anonymous, refreshTokenGrant } from '@evergrant/core'
import type { Authorization } from '@evergrant/core'
import { apiUrlOption, resourceAt, tokenEndpointOption } from './common-options.ts'
import { defineProvider } from './define-provider.ts'
import type { ProviderFactory } from './define-provider.ts'

/** What TrafficStars needs. */
export interface TrafficStarsOptions {
  /** The API key from the profile page. It acts as an offline refresh token and never changes. */
  readonly apiKey: string
  /** Default `https://api.trafficstars.com/`. */
  readonly apiUrl?: string | undefined
  /** Default: `v1/auth/token` below the production API. The session endpoints stand beside it. */
  readonly tokenEndpoint?: string | undefined
}

const title = 'TrafficStars'
const apiUrl = 'https://api.trafficstars.com/'
const tokenEndpoint = 'https://api.trafficstars.com/v1/auth/token'

/** TrafficStars: no client, only an API key. A refresh token that comes back is used until refused, then the key again. */
export const trafficStars: ProviderFactory<TrafficStarsOptions, Authorization> = defineProvider({
  title,
  options: [
    {
      name: 'apiKey',
      isRequired: true,
      isSecret: true,
      env: 'TRAFFICSTARS_API_KEY',
      kind: 'text',
      description: 'the API key',
      where: 'Make one on the profile page of TrafficStars.',
    },
    apiUrlOption('TRAFFICSTARS', title, apiUrl),
    tokenEndpointOption('TRAFFICSTARS', tokenEndpoint),
  ],
  build: given => {
    const endpoint = given.tokenEndpoint ?? tokenEndpoint
    return {
      provider: 'trafficstars',
      server: {
        tokenEndpoint: endpoint,
        sessionInfoEndpoint: new URL('info', endpoint).href,
        // The method is not documented; the sample is a plain GET (November 2026).
        sessionEnd: { url: new URL('logout', endpoint).href, method: 'GET', presents: 'access-token' },
      },
      client: { authentication: anonymous() },
      grant: refreshTokenGrant({
        refreshToken: given.apiKey,
        refusalAdvice:
          'Make a new API key on the profile page of TrafficStars; Evergrant will not try this one again.',
      }),
      resource: resourceAt(given.apiUrl ?? apiUrl),
    }
  },
})
