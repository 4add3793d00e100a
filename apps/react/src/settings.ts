/** The two credentials of the page, by the names that `useAccessToken` takes. */
export type TokensName = 'teamServer' | 'travis'

export const tokensNames: readonly TokensName[] = ['teamServer', 'travis']

/** An account of the emulator. It is visibly fake. */
export interface ExampleAccount {
  readonly username: string
  readonly password: string
}

/** What the server tells the page about itself. */
export interface PageSettings {
  /** TRAVIS' own API, which the page calls with a token of its user. */
  readonly travisApiUrl: string
  readonly accounts: Readonly<Record<TokensName, readonly ExampleAccount[]>>
}
