import type { ApolloLink } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import type { BrowserTokens } from '@evergrant/browser'
import type { AccessTokenSource, TokenManager } from '@evergrant/core'
import { accessTokenLink, toSource } from './index.ts'
import { accessTokenEvents, eventsLink } from './sse.ts'
import { accessTokenSocket } from './ws.ts'

declare const manager: TokenManager
declare const tokens: BrowserTokens
declare const source: AccessTokenSource
declare const uri: string | undefined
const url = 'wss://api.example.test/graphql'

// Everything that is a source, and a plain function made one.
export const links: ApolloLink[] = [
  accessTokenLink(manager),
  accessTokenLink(tokens, { uri }),
  accessTokenLink(source.variant({ scope: 'read' }), {
    isRefused: (errors, { data, operation }) =>
      errors.length > 0 && data === null && operation.operationName === 'A',
  }),
  accessTokenLink(toSource(async () => 'fake', { baseUrl: 'https://api.example.test/' })),
  // @ts-expect-error a plain function cannot say where its tokens may go
  accessTokenLink(async () => 'fake'),
]

export const subscriptions: ApolloLink[] = [
  new GraphQLWsLink(accessTokenSocket(manager, { url })),
  new GraphQLWsLink(accessTokenSocket(tokens, { url: async () => url, keepAlive: 10_000 })),
  new GraphQLWsLink(
    accessTokenSocket(source, {
      url,
      connectionParams: accessToken => ({ headers: { Authorization: `Bearer ${accessToken}` } }),
      expiresAt: () => undefined,
    }),
  ),
  // @ts-expect-error the token would be missing
  new GraphQLWsLink(accessTokenSocket(manager, { url, connectionParams: { a: 1 } })),
  eventsLink(accessTokenEvents(tokens, { url: 'https://api.example.test/stream' })),
  // @ts-expect-error one connection for all has no token of its own
  eventsLink(accessTokenEvents(manager, { url, singleConnection: true })),
]
