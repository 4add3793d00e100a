import { createGraphQLFetch, toSource } from '@evergrant/core/source'
import type {
  AccessTokenSource,
  GetAccessToken,
  GraphQLFetchOptions,
  PlainSourceOptions,
} from '@evergrant/core/source'

/** Options of {@link accessTokenConfig}. */
export type AccessTokenConfigOptions = GraphQLFetchOptions &
  Pick<PlainSourceOptions, 'baseUrl' | 'origins' | 'allowInsecureHttp'>

/**
 * Makes the configuration of a `GraphQLClient` that attaches the access token before sending, and answers a 401 or
 * `UNAUTHENTICATED` with one refresh and one retry. Concurrent requests share one refresh; other requests wait for nothing.
 * A second refusal is the `ClientError` that graphql-request makes of it. For a plain function, tokens go to `baseUrl` and
 * `origins`.
 * @throws {ConfigurationError} a plain function whose tokens have nowhere to go, or origins beside a source
 * @throws whatever `source.authorize` throws, from the request
 * @example
 * const client = new GraphQLClient('https://api.example.com/graphql', accessTokenConfig(tokens))
 */
export function accessTokenConfig(
  source: AccessTokenSource | GetAccessToken,
  { isRefused, fetch, ...places }: AccessTokenConfigOptions = {},
): { readonly fetch: typeof globalThis.fetch } {
  return { fetch: createGraphQLFetch(toSource(source, places), { isRefused, fetch }) }
}
