import { campaigns } from '../records/campaigns.ts'
import { collection, contains, equals } from './collection.ts'
import { limitAndOffset } from './paging.ts'
import { ResourceApi } from './resource-api.ts'
import type { TokenVerdict } from './resource-api.ts'

/** The TrafficStars API, below `/v1`. */
export function trafficStarsApi(judgeToken: (token: string) => Promise<TokenVerdict>): ResourceApi {
  return new ResourceApi({
    paging: limitAndOffset,
    judgeToken,
    errorBody: ({ status, code, message }) => ({ code: status, error: code, msg: message }),
    collections: [
      collection({
        path: 'campaigns',
        requires: ['campaigns'],
        records: campaigns,
        id: campaign => String(campaign.id),
        filters: {
          status: equals(campaign => campaign.status),
          ad_format: equals(campaign => campaign.ad_format),
          country: (campaign, value) => campaign.countries.includes(value.toUpperCase()),
          name: contains(campaign => campaign.name),
        },
      }),
    ],
  })
}
