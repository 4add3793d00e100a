import { near, places } from './places.ts'
import { Random, times } from './random.ts'

/** A place in TRAVIS where a service for trucks can be booked. */
export interface Location {
  readonly id: string
  readonly name: string
  readonly type: LocationType
  readonly address: {
    readonly street: string
    readonly postalCode: string
    readonly city: string
    readonly country: string
  }
  readonly coordinates: { readonly latitude: number; readonly longitude: number }
  readonly services: readonly string[]
  readonly openingHours: string
  readonly phone: string
}

/** What a location offers mainly. */
export type LocationType = 'TRUCK_WASH' | 'TANK_CLEANING' | 'SECURE_PARKING' | 'TYRE_SERVICE' | 'FUEL_STATION'

const kinds: Readonly<
  Record<
    LocationType,
    { readonly names: readonly [string, ...string[]]; readonly services: readonly string[] }
  >
> = {
  TRUCK_WASH: {
    names: ['Truckwash', 'Truck & Trailer Wash', 'Wash Point'],
    services: ['EXTERIOR_WASH', 'INTERIOR_WASH', 'DISINFECTION', 'UNDERBODY_WASH'],
  },
  TANK_CLEANING: {
    names: ['Tank Cleaning', 'Tankreiniging', 'Tank Wash Station'],
    services: ['FOOD_CLEANING', 'CHEMICAL_CLEANING', 'STEAM', 'ECD_DOCUMENT', 'HEATING'],
  },
  SECURE_PARKING: {
    names: ['Secure Truck Parking', 'Truckpark', 'Autohof'],
    services: ['FENCE', 'CAMERAS', 'SHOWERS', 'RESTAURANT', 'REEFER_POWER'],
  },
  TYRE_SERVICE: {
    names: ['Tyre Service', 'Reifendienst', 'Pneus Service'],
    services: ['TYRE_CHANGE', 'ROADSIDE_ASSISTANCE', 'RETREADING'],
  },
  FUEL_STATION: {
    names: ['Truck Diesel', 'Fuel & HVO', 'LNG Point'],
    services: ['DIESEL', 'ADBLUE', 'HVO100', 'LNG', 'TOLL_BOX'],
  },
}
const streets = [
  'Industrieweg',
  'Transportstraat',
  'Logistikallee',
  'Rue du Fret',
  'Via dei Trasporti',
] as const
const callingCodes: Readonly<Record<string, string>> = {
  NL: '31',
  BE: '32',
  DE: '49',
  FR: '33',
  ES: '34',
  IT: '39',
  AT: '43',
  HU: '36',
  RO: '40',
  CZ: '420',
  PL: '48',
  LT: '370',
  DK: '45',
}

/** Makes the 228 locations, six in each place. */
export function locations(): Location[] {
  const random = new Random(1_002)
  return times(places.length * 6, index => location(random, index))
}

function location(random: Random, index: number): Location {
  const place = places[index % places.length] ?? places[0]
  const type = random.pick(['TRUCK_WASH', 'TANK_CLEANING', 'SECURE_PARKING', 'TYRE_SERVICE', 'FUEL_STATION'])
  const { names, services } = kinds[type]
  const [main = '', ...others] = services
  return {
    id: random.uuid(),
    name: `${random.pick(names)} ${place.city}`,
    type,
    address: {
      street: `${random.pick(streets)} ${random.integer(1, 180)}`,
      postalCode: place.postalCode,
      city: place.city,
      country: place.country,
    },
    coordinates: near(random, place),
    services: [main, ...others.filter(() => random.chance(0.6))],
    openingHours: random.pick(['24/7', 'Mo-Fr 06:00-22:00', 'Mo-Sa 06:00-20:00', 'Mo-Su 05:00-23:00']),
    phone: `+${callingCodes[place.country] ?? '31'} ${random.characters(2, '123456789')} ${random.characters(7)}`,
  }
}
