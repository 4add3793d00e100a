import { apolloFleet } from './apollo-fleet.ts'
import type { ClientName, FleetClient, FleetClientOptions } from './fleet-client.ts'
import { requestFleet } from './request-fleet.ts'
import { urqlFleet } from './urql-fleet.ts'

const factories: Readonly<Record<ClientName, (options: FleetClientOptions) => FleetClient>> = {
  apollo: apolloFleet,
  urql: urqlFleet,
  'graphql-request': requestFleet,
}

/** The page's operations by the library of this name. */
export function createFleetClient(name: ClientName, options: FleetClientOptions): FleetClient {
  return factories[name](options)
}
