import { accessTokenConfig } from '@evergrant/graphql-request'
import { GraphQLClient } from 'graphql-request'
import type { FleetClient, FleetClientOptions } from './fleet-client.ts'
import { fleetQuery, noteMutation, positionsSubscription } from './operations.ts'
import { subscribePlainly } from './subscribe-plainly.ts'

/** The page by graphql-request. It knows no subscriptions: those go by the protocol's own client. */
export function requestFleet({ tokens, url, live, fetch }: FleetClientOptions): FleetClient {
  const client = new GraphQLClient(url, accessTokenConfig(tokens, { fetch }))
  return {
    fleet: () => client.request(fleetQuery),
    setNote: variables => client.request(noteMutation, { ...variables }),
    positions: sink => subscribePlainly(live, positionsSubscription, sink),
    stop: () => void live.client.dispose(),
  }
}
