import type { Vehicle } from './vehicle.ts'

/** A vehicle as TRAVIS answers it. */
export function vehicle(members: Partial<Vehicle> = {}): Vehicle {
  return {
    id: 'v1',
    licensePlate: '1-ABC-234',
    country: 'BE',
    type: 'TRUCK',
    make: 'DAF',
    model: 'XF 480',
    vin: 'XLR7HSMK016472607',
    status: 'ACTIVE',
    firstRegistration: '2018-10-16',
    lastPosition: { longitude: 5.46, latitude: 50.65, city: 'Liège' },
    ...members,
  }
}

/** An answer of `GET vehicles`. */
export function vehiclesAnswer(vehicles: readonly unknown[], totalPages = 1): Response {
  return Response.json({ content: vehicles, page: { number: 0, totalPages } })
}
