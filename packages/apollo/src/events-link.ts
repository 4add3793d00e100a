import { ApolloLink } from '@apollo/client/link'
import { print } from 'graphql'
import type { Client } from 'graphql-sse'
import { Observable } from 'rxjs'

/**
 * Makes a terminating link of a client of graphql-sse. Each subscription has a connection of its own.
 * @example
 * const link = eventsLink(accessTokenEvents(tokens, { url: 'https://api.example.com/graphql/stream' }))
 */
export function eventsLink(client: Pick<Client, 'subscribe'>): ApolloLink {
  return new ApolloLink(
    ({ query, variables, operationName, extensions }) =>
      new Observable(observer =>
        client.subscribe(
          {
            query: print(query),
            variables,
            extensions,
            ...(operationName !== undefined && { operationName }),
          },
          {
            next: result => observer.next(result as ApolloLink.Result),
            error: error => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  )
}
