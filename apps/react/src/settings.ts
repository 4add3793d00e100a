import type { ExampleAccount } from '@evergrant/page-kit/server'

/** The two credentials of the page, by the names that `useAccessToken` takes. */
export type TokensName = 'teamServer' | 'travis'

export const tokensNames: readonly TokensName[] = ['teamServer', 'travis']

/** What the server tells the page about itself. */
export interface PageSettings {
  /** TRAVIS' own API, which the page calls with a token of its user. */
  readonly travisApiUrl: string
  readonly accounts: Readonly<Record<TokensName, readonly ExampleAccount[]>>
}
