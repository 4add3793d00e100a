import { createGraphQLFetch } from '@evergrant/core/source'
import type { AccessTokenSource, GraphQLFetchOptions } from '@evergrant/core/source'

/** Options of {@link accessTokenConfig}. */
export type AccessTokenConfigOptions = GraphQLFetchOptions

/**
 * Makes the configuration of a `GraphQLClient` that attaches the access token before sending, and answers a 401 or
 * `UNAUTHENTICATED` with one refresh and one retry. Concurrent requests share one refresh; other requests wait for nothing.
 * A second refusal is the `ClientError` that graphql-request makes of it. A function
 * that resolves to a token becomes a source by `toSource`.
 * @throws whatever `source.authorize` throws, from the request
 * @example
 * const client = new GraphQLClient('https://api.example.com/graphql', accessTokenConfig(tokens))
 */
export function accessTokenConfig(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  options?: AccessTokenConfigOptions,
): { readonly fetch: typeof globalThis.fetch } {
  return { fetch: createGraphQLFetch(source, options) }
}
