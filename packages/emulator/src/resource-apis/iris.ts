import { machines } from '../records/machines.ts'
import { collection, contains, equals } from './collection.ts'
import { springPages } from './paging.ts'
import { ResourceApi } from './resource-api.ts'
import type { TokenVerdict } from './resource-api.ts'

/** The IRIS API. */
export function irisApi(judgeToken: (token: string) => Promise<TokenVerdict>): ResourceApi {
  return new ResourceApi({
    realm: 'IRIS',
    paging: springPages,
    judgeToken,
    errorBody: ({ status, code, message }) => ({ status, code, detail: message }),
    collections: [
      collection({
        path: 'assets',
        requires: ['api', 'assets'],
        records: machines,
        id: machine => machine.id,
        filters: {
          brand: equals(machine => machine.brand),
          category: equals(machine => machine.category),
          activity: equals(machine => machine.activity),
          serialNumber: contains(machine => machine.serialNumber),
        },
      }),
    ],
  })
}
