import { accessTokenAuth } from '@evergrant/urql'
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core'
import type { ExecutionResult, OperationResult } from '@urql/core'
import { authExchange } from '@urql/exchange-auth'
import type { FleetClient, FleetClientOptions } from './fleet-client.ts'
import { fleetQuery, noteMutation, positionsSubscription } from './operations.ts'
import type { FleetAnswer, NoteAnswer, NoteVariables, PositionAnswer } from './operations.ts'
import type { LiveClient } from './live-client.ts'

/** The page by urql. */
export function urqlFleet({ tokens, url, live, fetch }: FleetClientOptions): FleetClient {
  const client = new Client({
    url,
    preferGetMethod: false,
    fetch: fetch ?? ((...given) => globalThis.fetch(...given)),
    exchanges: [
      cacheExchange,
      authExchange(accessTokenAuth(tokens)),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: operation => forwarded(live, operation) }),
    ],
  })
  return {
    fleet: async () =>
      dataOf(await client.query<FleetAnswer>(fleetQuery, {}, { requestPolicy: 'network-only' }).toPromise()),
    setNote: async variables =>
      dataOf(await client.mutation<NoteAnswer, NoteVariables>(noteMutation, variables).toPromise()),
    positions: sink => {
      const subscription = client
        .subscription<PositionAnswer>(positionsSubscription, {})
        .subscribe(({ data, error, hasNext }) => {
          if (error) sink.error(error)
          else if (data) sink.next(data)
          if (!hasNext) sink.complete()
        })
      return () => subscription.unsubscribe()
    },
    stop: () => void live.client.dispose(),
  }
}

function forwarded({ client }: LiveClient, { query = '', variables }: SubscriptionOperationBody): Forwarded {
  return {
    subscribe: observer => ({
      unsubscribe: client.subscribe(
        { query, variables: variables ?? {} },
        {
          next: (result: unknown) => observer.next(result as ExecutionResult),
          error: (error: unknown) => observer.error(error),
          complete: () => observer.complete(),
        },
      ),
    }),
  }
}

type SubscriptionOperationBody = Parameters<
  Parameters<typeof subscriptionExchange>[0]['forwardSubscription']
>[0]

type Forwarded = ReturnType<Parameters<typeof subscriptionExchange>[0]['forwardSubscription']>

function dataOf<Data>({ data, error }: Pick<OperationResult<Data>, 'data' | 'error'>): Data {
  if (error) throw error
  if (data === undefined) throw new Error('The answer holds no data.')
  return data
}
