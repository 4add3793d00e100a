import type { Random } from './random.ts'

const letters = 'BCDFGHJKLMNPRSTVWXYZ'
const germanDistricts = ['B', 'HH', 'M', 'K', 'DU', 'H', 'KS', 'WÜ', 'N', 'PA', 'VIE', 'OS'] as const
const polishDistricts = ['PO', 'DW', 'EL', 'WZ', 'KR', 'GD', 'SK'] as const

const formats: Readonly<Record<PlateCountry, (random: Random) => string>> = {
  NL: random => `${random.characters(2, letters)}-${random.characters(3, letters)}-${random.characters(1)}`,
  BE: random => `1-${random.characters(3, letters)}-${random.characters(3)}`,
  DE: random =>
    `${random.pick(germanDistricts)} ${random.characters(2, letters)} ${random.integer(100, 9_999)}`,
  PL: random => `${random.pick(polishDistricts)} ${random.characters(5, `0123456789${letters}`)}`,
  FR: random => `${random.characters(2, letters)}-${random.characters(3)}-${random.characters(2, letters)}`,
  ES: random => `${random.characters(4)} ${random.characters(3, letters)}`,
  LT: random => `${random.characters(3, letters)} ${random.characters(3)}`,
  IT: random => `${random.characters(2, letters)} ${random.characters(3)} ${random.characters(2, letters)}`,
}

/** A country whose plates can be made. */
export type PlateCountry = 'NL' | 'BE' | 'DE' | 'PL' | 'FR' | 'ES' | 'LT' | 'IT'

/** Returns a licence plate in the country's current format. */
export function licensePlate(random: Random, country: PlateCountry): string {
  return formats[country](random)
}
