import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { OperationTypeNode } from 'graphql'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { accessTokenLink } from '@evergrant/apollo'
import { eventsLink } from '@evergrant/apollo/sse'
import type { FleetClient, FleetClientOptions } from './fleet-client.ts'
import type { LiveClient } from './live-client.ts'
import { fleetQuery, noteMutation, positionsSubscription } from './operations.ts'
import type { FleetAnswer, NoteAnswer, NoteVariables, PositionAnswer } from './operations.ts'

const documents = {
  fleet: gql(fleetQuery),
  note: gql(noteMutation),
  positions: gql(positionsSubscription),
}

/** The page by Apollo Client. */
export function apolloFleet({ tokens, url, live, fetch }: FleetClientOptions): FleetClient {
  const byHttp = ApolloLink.from([
    accessTokenLink(tokens, { uri: url }),
    new HttpLink({ fetch: fetch ?? ((...given) => globalThis.fetch(...given)) }),
  ])
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      liveLink(live),
      byHttp,
    ),
  })
  return {
    fleet: async () => {
      const { data } = await client.query<FleetAnswer>({
        query: documents.fleet,
        fetchPolicy: 'network-only',
      })
      return present(data)
    },
    setNote: async variables => {
      const { data } = await client.mutate<NoteAnswer, NoteVariables>({ mutation: documents.note, variables })
      return present(data)
    },
    positions: sink => {
      const subscription = client.subscribe<PositionAnswer>({ query: documents.positions }).subscribe({
        next: ({ data, error }) => {
          if (error) sink.error(error)
          else if (data) sink.next(data)
        },
        error: sink.error,
        complete: sink.complete,
      })
      return () => subscription.unsubscribe()
    },
    stop: () => {
      client.stop()
      void live.client.dispose()
    },
  }
}

function liveLink(live: LiveClient): ApolloLink {
  return live.kind === 'events' ? eventsLink(live.client) : new GraphQLWsLink(live.client)
}

function present<Data>(data: Data | undefined): Data {
  if (data === undefined) throw new Error('The answer holds no data.')
  return data
}
