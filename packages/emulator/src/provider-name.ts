/** The five emulated providers; each name is also the provider's base path (`/travis/…`). */
export type ProviderName = 'travis' | 'trafficstars' | 'team-server' | 'iris' | 'truphone'

/** Every provider name, in the order of the documentation. */
export const providerNames: readonly ProviderName[] = [
  'travis',
  'trafficstars',
  'team-server',
  'iris',
  'truphone',
]
