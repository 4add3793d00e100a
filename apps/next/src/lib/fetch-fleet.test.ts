import { describe, expect, test } from 'vitest'
import { fetchFleet } from './fetch-fleet.ts'
import { readVehiclePage } from './vehicle.ts'
import { vehicle, vehiclesAnswer } from './vehicle.test-support.ts'

describe('fetchFleet', () => {
  test('asks for page after page, and sorts by plate', async () => {
    const asked: string[] = []
    const answer = await fetchFleet(path => {
      asked.push(path)
      const id = asked.length
      return Promise.resolve(vehiclesAnswer([vehicle({ id: `v${id}`, licensePlate: `PLATE ${9 - id}` })], 3))
    })
    expect(asked).toEqual([
      'vehicles?page=0&size=100',
      'vehicles?page=1&size=100',
      'vehicles?page=2&size=100',
    ])
    expect(answer.status === 'answered' && answer.vehicles.map(({ id }) => id)).toEqual(['v3', 'v2', 'v1'])
  })

  test('stops at 20 pages, whatever the answer says', async () => {
    let asked = 0
    await fetchFleet(() => {
      asked += 1
      return Promise.resolve(vehiclesAnswer([], 1e9))
    })
    expect(asked).toBe(20)
  })

  test.each([
    [401, {}, { status: 'failed', retryInMs: 3000 }],
    [403, {}, { status: 'failed', message: 'TRAVIS does not let this account see vehicles.' }],
    [404, {}, { status: 'failed', message: 'TRAVIS refused the question with status 404.' }],
    [503, { 'retry-after': '7' }, { status: 'failed', retryInMs: 7000 }],
    [502, {}, { status: 'failed', message: 'TRAVIS does not answer at the moment.' }],
    [503, { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, { status: 'failed', retryInMs: undefined }],
  ])('status %i with %j is %j', async (status, headers, expected) => {
    expect(await fetchFleet(() => Promise.resolve(new Response('{}', { status, headers })))).toMatchObject(
      expected,
    )
  })

  test('only a 401 of the dashboard itself means that nobody is signed in', async () => {
    const body = { error: { code: 'reauthorization_required', message: 'Sign in.' } }
    const own = (): Promise<Response> => Promise.resolve(Response.json(body, { status: 401 }))
    expect(await fetchFleet(own)).toEqual({ status: 'signed-out' })
  })

  test('an answer that is no list of vehicles is a failure, and no empty fleet', async () => {
    for (const response of [new Response('<html>'), Response.json({}), Response.json([])])
      expect(await fetchFleet(() => Promise.resolve(response))).toMatchObject({ status: 'failed' })
  })
})

describe('readVehiclePage', () => {
  test('keeps what the page shows, and nothing else', () => {
    const page = readVehiclePage({ content: [{ ...vehicle(), customerId: 'c' }], page: { totalPages: 1 } })
    expect(page).toEqual({ vehicles: [vehicle()], pages: 1 })
  })

  test.each([
    ['no object', 7],
    ['no position', { ...vehicle(), lastPosition: undefined }],
    ['a position of texts', { ...vehicle(), lastPosition: { longitude: '5', latitude: 50, city: 'Liège' } }],
    ['an unknown status', { ...vehicle(), status: 'SOLD' }],
    ['no plate', { ...vehicle(), licensePlate: null }],
  ])('leaves out %s', (_, value) => {
    expect(readVehiclePage({ content: [value, vehicle()], page: { totalPages: 1 } })?.vehicles).toHaveLength(
      1,
    )
  })
})
