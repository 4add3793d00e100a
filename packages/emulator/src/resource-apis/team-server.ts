import { dataSources } from '../records/data-sources.ts'
import { collection, contains, equals } from './collection.ts'
import { numberedPages } from './paging.ts'
import { ResourceApi } from './resource-api.ts'
import type { TokenVerdict } from './resource-api.ts'

/** The Team Server API, below `{baseUrl}/api/`. */
export function teamServerApi(judgeToken: (token: string) => Promise<TokenVerdict>): ResourceApi {
  return new ResourceApi({
    realm: 'oauth2-resource',
    // "Including the provided access token in every API request": legacy Spring reads header and parameter.
    takesTokenFromQuery: true,
    paging: numberedPages,
    judgeToken,
    errorBody: ({ code, message }) => ({ error: code, error_description: message }),
    collections: [
      collection({
        path: 'datasources',
        requires: ['read'],
        records: dataSources,
        id: dataSource => String(dataSource.id),
        filters: {
          platform: contains(dataSource => dataSource.platform),
          environment: equals(dataSource => dataSource.environment),
          name: contains(dataSource => dataSource.name),
        },
      }),
    ],
  })
}
