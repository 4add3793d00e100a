import type { VehicleStatus } from './vehicle.ts'

export const statusWords: Readonly<Record<VehicleStatus, string>> = {
  ACTIVE: 'On the road',
  IN_MAINTENANCE: 'In the workshop',
  INACTIVE: 'Parked',
}

const types: Readonly<Record<string, string>> = {
  TRACTOR: 'Tractor',
  TRUCK: 'Truck',
  TANK_TRAILER: 'Tank trailer',
  REEFER_TRAILER: 'Reefer trailer',
  CURTAIN_TRAILER: 'Curtain trailer',
}

/** Names a kind of vehicle. One that is not known is shown as TRAVIS writes it. */
export function typeWord(type: string): string {
  return types[type] ?? type
}

/** Counts things in words: `1 vehicle`, `4 vehicles`. */
export function count(number: number, singular: string): string {
  return `${number} ${singular}${number === 1 ? '' : 's'}`
}

/** Names a group of places: the most frequent first, three at most. */
export function placeNames(cities: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const city of cities) counts.set(city, (counts.get(city) ?? 0) + 1)
  const names = [...counts].sort((first, second) => second[1] - first[1]).map(([city]) => city)
  if (names.length <= 1) return names[0] ?? ''
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more places`
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** Writes a position as people read one: 51.385° N, 6.120° E. */
export function positionWords({ latitude, longitude }: { latitude: number; longitude: number }): string {
  const north = `${Math.abs(latitude).toFixed(3)}°\u00a0${latitude < 0 ? 'S' : 'N'}`
  return `${north}, ${Math.abs(longitude).toFixed(3)}°\u00a0${longitude < 0 ? 'W' : 'E'}`
}

const days = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})

/** Writes a day of a calendar: 3 May 2021. What is no day stays as it is. */
export function dayWords(text: string): string {
  const at = Date.parse(text)
  return Number.isNaN(at) ? text : days.format(at)
}

/** Writes a wait: `20 seconds`, `15 minutes`. Never shorter than it is. */
export function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  return seconds <= 90 ? count(seconds, 'second') : count(Math.ceil(seconds / 60), 'minute')
}
