import { locations } from '../records/locations.ts'
import { vehicles } from '../records/vehicles.ts'
import { collection, contains, equals } from './collection.ts'
import { springPages } from './paging.ts'
import { ResourceApi } from './resource-api.ts'
import type { TokenVerdict } from './resource-api.ts'

/**
 * The TRAVIS API. `scope=openid` "must be set", so tokens without it are refused: a client that forgets it would
 * otherwise go unnoticed.
 */
export function travisApi(judgeToken: (token: string) => Promise<TokenVerdict>): ResourceApi {
  return new ResourceApi({
    realm: 'travis-road-services',
    paging: springPages,
    judgeToken,
    errorBody: ({ status, code, message }) => ({ status, error: code, message }),
    collections: [
      collection({
        path: 'vehicles',
        requires: ['openid', 'vehicles-viewer'],
        records: vehicles,
        id: vehicle => vehicle.id,
        isVisible: (vehicle, { customerId }) => customerId === undefined || vehicle.customerId === customerId,
        filters: {
          status: equals(vehicle => vehicle.status),
          type: equals(vehicle => vehicle.type),
          country: equals(vehicle => vehicle.country),
          licensePlate: contains(vehicle => vehicle.licensePlate),
        },
      }),
      collection({
        path: 'locations',
        requires: ['openid', 'locations-viewer'],
        records: locations,
        id: location => location.id,
        filters: {
          type: equals(location => location.type),
          country: equals(location => location.address.country),
          city: contains(location => location.address.city),
          service: (location, value) => location.services.includes(value.toUpperCase()),
        },
      }),
    ],
  })
}
