import { isEvergrantError } from '@evergrant/core/source'
import { createClient } from 'graphql-ws'
import type { Client, ClientOptions } from 'graphql-ws'
import { backOff } from './expiry-watch.ts'
import type { ExpiringSource, ExpiryWatchOptions } from './expiry-watch.ts'
import { isCloseEvent, isRefusal, SocketState } from './socket-state.ts'
import type { ConnectionParams } from './socket-state.ts'
import { openedUnless } from './unopened-socket.ts'

/** Options of {@link accessTokenSocket}: those of graphql-ws, and what follows. `retryAttempts` must not be 0. */
export interface AccessTokenSocketOptions
  extends Omit<ClientOptions, 'connectionParams'>, ExpiryWatchOptions {
  /** Where the access token stands in the first message. Default `{ Authorization: 'Bearer …' }`. */
  readonly connectionParams?:
    ((accessToken: string) => ConnectionParams | Promise<ConnectionParams>) | undefined
}

/**
 * Makes a client of graphql-ws whose connections have an access token. A connection begins anew, without an error,
 * shortly before its token ends; all subscriptions go on. A close with 4401 or 4403 is answered with one refresh and one
 * new connection; a second one ends the subscriptions with that close event. Connections share one refresh.
 * @throws whatever `source.authorize` throws, from the subscription
 * @throws {SupersededError} somebody else has signed in when a connection begins anew, from its subscriptions
 * @throws {AccessTokenNotExposedError} in proxy mode, from the subscription: a socket cannot go through the proxy
 * @example
 * const link = new GraphQLWsLink(accessTokenSocket(tokens, { url: 'wss://api.example.com/graphql' }))
 */
export function accessTokenSocket(source: ExpiringSource, options: AccessTokenSocketOptions): Client {
  const {
    expiresAt: _expiresAt,
    clock: _clock,
    random: _random,
    connectionParams: _params,
    ...rest
  } = options
  const state = new SocketState(source, options)
  const client = createClient({
    ...rest,
    on: {
      ...rest.on,
      connecting: isRetry => {
        state.isReconnecting = false
        state.isContinuing = isRetry
        rest.on?.connecting?.(isRetry)
      },
      connected: (...given) => {
        state.connected(() => client.terminate())
        rest.on?.connected?.(...given)
      },
      closed: event => {
        rest.on?.closed?.(event)
        // Ended this way, before graphql-ws looks at the event, the connection begins anew for all its subscriptions.
        if (state.isAnswered(event)) client.terminate()
      },
    },
    webSocketImpl: openedUnless(rest.webSocketImpl, () => state.failure),
    // Not in `connectionParams`: servers wait for those only a few seconds.
    url: () => state.authorize(),
    connectionParams: () => state.connectionParams(),
    retryWait: async retries => {
      if (!state.isReconnecting) await (rest.retryWait ?? backOff)(retries)
    },
    shouldRetry: error => {
      // These have `code` and `reason`, too, and would pass for close events.
      if (isEvergrantError(error)) return error.isTransient
      return !isRefusal(error) && (rest.shouldRetry ?? isCloseEvent)(error)
    },
  })
  return client
}
