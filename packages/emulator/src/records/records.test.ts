import { describe, expect, it } from 'vitest'
import { campaigns } from './campaigns.ts'
import { dataSources } from './data-sources.ts'
import { locations } from './locations.ts'
import { luhnDigit } from './luhn.ts'
import { machines } from './machines.ts'
import { Random } from './random.ts'
import { simCards } from './sim-cards.ts'
import { vehicles } from './vehicles.ts'

describe.each([
  ['vehicles', vehicles, ['id', 'vin', 'licensePlate']],
  ['locations', locations, ['id']],
  ['campaigns', campaigns, ['id']],
  ['data sources', dataSources, ['id', 'name']],
  ['machines', machines, ['id', 'externalReference', 'serialNumber']],
  ['SIM cards', simCards, ['iccid', 'imsi', 'msisdn', 'imei', 'label']],
] as const)('%s', (_, make, uniqueMembers) => {
  it('are the same every time, and at least 200', () => {
    expect(make()).toEqual(make())
    expect(make().length).toBeGreaterThanOrEqual(200)
  })

  it('are told apart by their identifiers', () => {
    const records: object[] = make()
    for (const name of uniqueMembers) {
      expect([name, new Set(records.map(record => Reflect.get(record, name))).size]).toEqual([
        name,
        records.length,
      ])
    }
  })
})

describe('SIM cards', () => {
  it('have ICCIDs and IMEIs with a valid check digit', () => {
    for (const { iccid, imei } of simCards()) {
      expect(iccid).toMatch(/^8944\d{15}$/)
      expect(imei).toMatch(/^\d{15}$/)
      expect(luhnDigit(iccid.slice(0, -1))).toBe(iccid.slice(-1))
      expect(luhnDigit(imei.slice(0, -1))).toBe(imei.slice(-1))
    }
  })
})

describe('vehicles and places', () => {
  it('have VINs of 17 characters without I, O and Q', () => {
    for (const { vin } of vehicles()) expect(vin).toMatch(/^[A-HJ-NPR-Z0-9]{17}$/)
  })

  it('lie in Europe', () => {
    const points = [
      ...vehicles().map(vehicle => vehicle.lastPosition),
      ...locations().map(location => location.coordinates),
      ...machines().map(machine => machine.location),
    ]
    for (const { latitude, longitude } of points) {
      expect(latitude).toBeGreaterThan(41)
      expect(latitude).toBeLessThan(56)
      expect(longitude).toBeGreaterThan(-2)
      expect(longitude).toBeLessThan(25)
    }
  })
})

describe('luhnDigit', () => {
  it.each([
    ['7992739871', '3'],
    ['49015420323751', '8'],
    ['0', '0'],
  ])('of %s is %s', (digits, expected) => {
    expect(luhnDigit(digits)).toBe(expected)
  })
})

describe('Random', () => {
  it('reaches both ends of a range and makes version 4 UUIDs', () => {
    const random = new Random(1)
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(1, 3)))
    expect(seen).toEqual(new Set([1, 2, 3]))
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
