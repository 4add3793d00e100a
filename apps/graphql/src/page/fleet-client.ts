import type { AccessTokenSource } from '@evergrant/core'
import type { FleetAnswer, NoteAnswer, NoteVariables, PositionAnswer } from './operations.ts'
import type { LiveClient } from './live-client.ts'

/** The libraries that the page can run through. */
export type ClientName = 'apollo' | 'urql' | 'graphql-request'

export const clientNames: readonly ClientName[] = ['apollo', 'urql', 'graphql-request']

export const clientTitles: Readonly<Record<ClientName, string>> = {
  apollo: 'Apollo',
  urql: 'urql',
  'graphql-request': 'graphql-request',
}

/** Hears of a subscription. It ends with `error` or `complete`, if nobody ends it. */
export interface PositionSink {
  readonly next: (answer: PositionAnswer) => void
  readonly error: (error: unknown) => void
  readonly complete: () => void
}

/** What the page does, by one of the libraries. */
export interface FleetClient {
  /** @throws {Error} the operation failed, whatever the library calls that */
  readonly fleet: () => Promise<FleetAnswer>
  /** @throws {Error} the operation failed, whatever the library calls that */
  readonly setNote: (variables: NoteVariables) => Promise<NoteAnswer>
  /** Returns the function that ends the subscription. */
  readonly positions: (sink: PositionSink) => () => void
  /** Lets go of what the library holds. */
  readonly stop: () => void
}

/** What each of the libraries is given. */
export interface FleetClientOptions {
  /** The tokens: of the page in either mode, or a token manager. */
  readonly tokens: AccessTokenSource
  /** The GraphQL server, absolute. */
  readonly url: string
  /** Carries the subscription. */
  readonly live: LiveClient
  /** Sends queries and mutations. Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
}
