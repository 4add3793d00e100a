import { simCards } from '../records/sim-cards.ts'
import { collection, contains, equals } from './collection.ts'
import { linkedPages } from './paging.ts'
import { ResourceApi } from './resource-api.ts'
import type { TokenVerdict } from './resource-api.ts'

/** The Truphone Connect API, below `/connect-api/`. */
export function truphoneApi(judgeToken: (token: string) => Promise<TokenVerdict>): ResourceApi {
  return new ResourceApi({
    realm: 'tru-staff',
    paging: linkedPages,
    judgeToken,
    errorBody: ({ code, message }) => ({ error: code, message }),
    collections: [
      collection({
        path: 'sims',
        requires: ['sim-viewer'],
        records: simCards,
        id: simCard => simCard.iccid,
        filters: {
          status: equals(simCard => simCard.status),
          country: equals(simCard => simCard.country),
          rate_plan: equals(simCard => simCard.rate_plan),
          label: contains(simCard => simCard.label),
        },
      }),
    ],
  })
}
