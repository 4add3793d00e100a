import { VirtualClock } from '@evergrant/testing'
import { expect, test } from 'vitest'
import { livePositions, positionAt } from './positions.ts'
import type { Vehicle } from './records.ts'

const vehicle = (id: string): Vehicle => ({
  id,
  customerId: 'haulier',
  licensePlate: `plate ${id}`,
  make: 'DAF',
  model: 'XF',
  lastPosition: { latitude: 52, longitude: 5, city: 'Utrecht' },
})

test('vehicles take turns, and stay near to where they were', () => {
  const vehicles = [vehicle('a'), vehicle('b')]
  const positions = [10, 11, 12].map(number => positionAt(number, vehicles))
  expect(positions.map(each => each?.vehicleId)).toEqual(['a', 'b', 'a'])
  for (const each of positions) expect(Math.abs((each?.latitude ?? 0) - 52)).toBeLessThan(0.011)
  expect(positionAt(10, [])).toBeUndefined()
})

test('a position comes with each tick, until the token is not taken any more', async () => {
  const clock = new VirtualClock()
  let isTaken = true
  const check = async (): Promise<void> => {
    if (!isTaken) throw new Error('not taken')
  }
  const positions = livePositions({ vehicles: [vehicle('a')], clock, everyMs: 400, check })
  const first = (await clock.runUntil(positions.next())).value
  const second = (await clock.runUntil(positions.next())).value
  expect((second?.number ?? 0) - (first?.number ?? 0)).toBe(1)
  // GraphQL's Int has 32 bits.
  expect(second?.number).toBeLessThan(2 ** 31)
  isTaken = false
  await expect(clock.runUntil(positions.next())).rejects.toThrow('not taken')
})
