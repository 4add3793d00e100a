import { licensePlate } from './plates.ts'
import type { PlateCountry } from './plates.ts'
import { near, places } from './places.ts'
import { Random, times } from './random.ts'

/** A truck, tractor or trailer in TRAVIS. */
export interface Vehicle {
  readonly id: string
  readonly customerId: string
  readonly licensePlate: string
  readonly country: string
  readonly type: 'TRACTOR' | 'TRUCK' | 'TANK_TRAILER' | 'REEFER_TRAILER' | 'CURTAIN_TRAILER'
  readonly make: string
  readonly model: string
  readonly vin: string
  readonly status: 'ACTIVE' | 'IN_MAINTENANCE' | 'INACTIVE'
  readonly firstRegistration: string
  readonly lastPosition: { readonly latitude: number; readonly longitude: number; readonly city: string }
}

/** The hauliers whose vehicles TRAVIS knows; each customer account belongs to one. */
export const haulierIds = ['haulier-noord', 'haulier-adria', 'haulier-baltic'] as const

// Manufacturer codes (the VIN's first three characters) of European plants.
const tractors = [
  ['DAF', 'XF 480', 'XLR'],
  ['DAF', 'XG+ 530', 'XLR'],
  ['Scania', 'R 450', 'YS2'],
  ['Scania', 'S 500', 'YS2'],
  ['Volvo', 'FH 500', 'YV2'],
  ['MAN', 'TGX 18.510', 'WMA'],
  ['Mercedes-Benz', 'Actros 1845', 'W1T'],
  ['Renault', 'T 480', 'VF6'],
  ['Iveco', 'S-Way 490', 'ZCF'],
] as const
const trailers = {
  TANK_TRAILER: ['Van Hool', 'Chemical 35', 'YAV'],
  REEFER_TRAILER: ['Schmitz Cargobull', 'S.KO Cool', 'WSM'],
  CURTAIN_TRAILER: ['Krone', 'Profi Liner', 'WKE'],
} as const
const vinAlphabet = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
const countries: readonly [PlateCountry, ...PlateCountry[]] = ['NL', 'BE', 'DE', 'PL', 'FR', 'ES', 'LT', 'IT']

/** Makes the 270 vehicles, 90 for each haulier. */
export function vehicles(): Vehicle[] {
  const random = new Random(1_001)
  return times(270, index => vehicle(random, haulierIds[index % haulierIds.length] ?? haulierIds[0]))
}

function vehicle(random: Random, customerId: string): Vehicle {
  const type = random.pick([
    'TRACTOR',
    'TRACTOR',
    'TRUCK',
    'TANK_TRAILER',
    'REEFER_TRAILER',
    'CURTAIN_TRAILER',
  ])
  const isMotorised = type === 'TRACTOR' || type === 'TRUCK'
  const [make, model, manufacturer] = isMotorised ? random.pick(tractors) : trailers[type]
  const country = random.pick(countries)
  const place = random.pick(places)
  return {
    id: random.uuid(),
    customerId,
    licensePlate: licensePlate(random, country),
    country,
    type,
    make,
    model,
    vin: manufacturer + random.characters(8, vinAlphabet) + random.characters(6),
    status: random.pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'IN_MAINTENANCE', 'INACTIVE']),
    firstRegistration: random.day('2016-01-01', '2026-06-30'),
    lastPosition: { ...near(random, place), city: place.city },
  }
}
