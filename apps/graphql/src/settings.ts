import type { ExampleAccount } from '@evergrant/page-kit/server'

/** The two credentials of the page, by the names that `useAccessToken` takes. */
export type TokensName = 'proxy' | 'mediated'

export const tokensNames: readonly TokensName[] = ['proxy', 'mediated']

/** How the GraphQL server refuses an access token: by the HTTP status, or by an error in the body of a 200. */
export type RefusalKind = 'http' | 'body'

/** What the server tells the page about itself. */
export interface PageSettings {
  /** The GraphQL server. In proxy mode requests for it lead to the proxy. */
  readonly graphqlUrl: string
  /** The same over WebSocket. */
  readonly webSocketUrl: string
  readonly accounts: readonly ExampleAccount[]
}
