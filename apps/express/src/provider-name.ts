/** The five APIs behind the gateway; each name is also that of the token in `req.tokens`. */
export type ProviderName = 'travis' | 'trafficStars' | 'teamServer' | 'iris' | 'truphone'

/** Every provider name, in the order of the page. */
export const providerNames: readonly ProviderName[] = [
  'travis',
  'trafficStars',
  'teamServer',
  'iris',
  'truphone',
]
