import type { Position } from './projection.ts'

/** Where a country's name has room, in degrees. */
export const countryNames: readonly (Position & { readonly name: string })[] = [
  { name: 'France', longitude: 2.2, latitude: 46.9 },
  { name: 'Spain', longitude: -2.9, latitude: 41.9 },
  { name: 'Germany', longitude: 11.9, latitude: 50.75 },
  { name: 'Poland', longitude: 19.3, latitude: 53.0 },
  { name: 'Italy', longitude: 12.5, latitude: 42.8 },
  { name: 'Austria', longitude: 15.0, latitude: 47.45 },
  { name: 'Czechia', longitude: 14.9, latitude: 49.85 },
  { name: 'Hungary', longitude: 19.6, latitude: 46.9 },
  { name: 'Romania', longitude: 24.6, latitude: 45.9 },
  { name: 'Lithuania', longitude: 23.7, latitude: 55.6 },
  { name: 'Denmark', longitude: 9.2, latitude: 56.4 },
  { name: 'Sweden', longitude: 14.6, latitude: 56.8 },
  { name: 'England', longitude: -1.3, latitude: 52.4 },
  { name: 'Switzerland', longitude: 8.1, latitude: 46.85 },
]
