import { near, places } from './places.ts'
import { Random, times } from './random.ts'

/** A construction machine with a telematics unit, in IRIS. */
export interface Machine {
  readonly id: string
  readonly externalReference: string
  readonly name: string
  readonly brand: string
  readonly model: string
  readonly category: string
  readonly serialNumber: string
  readonly productionYear: number
  readonly telematicsDevice: { readonly serialNumber: string; readonly type: string }
  readonly operatingHours: number
  readonly activity: 'MOVING' | 'WORKING' | 'IDLE' | 'STOPPED'
  readonly location: { readonly latitude: number; readonly longitude: number; readonly reportedAt: string }
}

const models = [
  ['JLG', '450AJ', 'BOOM_LIFT'],
  ['JLG', '1932R', 'SCISSOR_LIFT'],
  ['Genie', 'Z-45 XC', 'BOOM_LIFT'],
  ['Haulotte', 'Compact 12', 'SCISSOR_LIFT'],
  ['Manitou', 'MT 1840', 'TELEHANDLER'],
  ['Merlo', 'P40.17', 'TELEHANDLER'],
  ['Volvo CE', 'EC220E', 'EXCAVATOR'],
  ['Caterpillar', '320 GC', 'EXCAVATOR'],
  ['Komatsu', 'PC210LC-11', 'EXCAVATOR'],
  ['Takeuchi', 'TB260', 'MINI_EXCAVATOR'],
  ['Bobcat', 'E27z', 'MINI_EXCAVATOR'],
  ['Liebherr', 'L 550', 'WHEEL_LOADER'],
  ['Hydrema', '912G', 'DUMPER'],
  ['Atlas Copco', 'QAS 100', 'GENERATOR'],
] as const
const spokenNames: Readonly<Record<string, string>> = {
  BOOM_LIFT: 'Boom lift',
  SCISSOR_LIFT: 'Scissor lift',
  TELEHANDLER: 'Telehandler',
  EXCAVATOR: 'Excavator',
  MINI_EXCAVATOR: 'Mini excavator',
  WHEEL_LOADER: 'Wheel loader',
  DUMPER: 'Dumper',
  GENERATOR: 'Generator',
}

/** Makes the 230 machines. */
export function machines(): Machine[] {
  const random = new Random(4_001)
  return times(230, index => machine(random, index + 1))
}

function machine(random: Random, number: number): Machine {
  const [brand, model, category] = random.pick(models)
  const productionYear = random.integer(2014, 2026)
  return {
    id: random.uuid(),
    externalReference: `RENT-${String(number).padStart(4, '0')}`,
    name: `${spokenNames[category] ?? category} ${number}`,
    brand,
    model,
    category,
    serialNumber: `${random.characters(3, 'ABCDEFGHKLMNPRSTVW')}${productionYear % 100}${random.characters(6)}`,
    productionYear,
    telematicsDevice: {
      serialNumber: random.characters(7, '123456789'),
      type: random.pick(['Raw', 'Kin', 'TU501']),
    },
    operatingHours: random.decimal(20, (2027 - productionYear) * 1_100, 1),
    activity: random.pick(['MOVING', 'WORKING', 'WORKING', 'IDLE', 'STOPPED', 'STOPPED']),
    location: {
      ...near(random, random.pick(places)),
      reportedAt: random.instant('2026-10-30T05:00:00Z', '2026-10-31T18:00:00Z'),
    },
  }
}
