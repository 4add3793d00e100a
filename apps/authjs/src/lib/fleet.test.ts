import { expect, test } from 'vitest'
import { readFleet } from './fleet.ts'

test('vehicles are read, and what is none is left out', async () => {
  const vehicle = { id: '1', licensePlate: 'BX-12-CD', make: 'DAF', lastPosition: { city: 'Venlo' } }
  const body = { content: [vehicle, { id: 2 }, null], page: { totalElements: 40 } }
  expect(await readFleet(Response.json(body))).toMatchObject({
    kind: 'vehicles',
    total: 40,
    vehicles: [{ id: '1', licensePlate: 'BX-12-CD', make: 'DAF', city: 'Venlo' }],
  })
})

test.each([
  [401, 'sign-in'],
  [503, 'failed'],
  [403, 'failed'],
])('a %i is told as %s', async (status, kind) => {
  expect(await readFleet(new Response('', { status }))).toMatchObject({ kind })
})

test('a page that is no JSON is a failure', async () => {
  expect(await readFleet(new Response('<html>'))).toMatchObject({ kind: 'failed' })
})
