import { accessTokenEvents } from '@evergrant/apollo/sse'
import type { AccessTokenEventsOptions, ExpiringSource } from '@evergrant/apollo/sse'
import { accessTokenSocket } from '@evergrant/apollo/ws'
import type { Client as EventsClient } from 'graphql-sse'
import type { Client as SocketClient } from 'graphql-ws'

/** Carries subscriptions, over server-sent events or over a WebSocket. */
export type LiveClient =
  | { readonly kind: 'events'; readonly client: EventsClient }
  | { readonly kind: 'socket'; readonly client: SocketClient }

/** Told each time a connection stands, the first one included. */
type OnConnected = () => void

/** Options of {@link liveByEvents}. */
export interface LiveByEventsOptions extends Pick<AccessTokenEventsOptions, 'clock' | 'random' | 'retry'> {
  readonly url: string
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly onConnected: OnConnected
}

/** Subscriptions over server-sent events. In proxy mode the server ends a stream with its token; the next one follows. */
export function liveByEvents(
  tokens: ExpiringSource,
  { url, fetch = (...given) => globalThis.fetch(...given), onConnected, ...rest }: LiveByEventsOptions,
): LiveClient {
  const send: typeof globalThis.fetch = async (...given) => {
    const response = await fetch(...given)
    if (response.ok) onConnected()
    return response
  }
  const client = accessTokenEvents(tokens, {
    retry: waitBriefly,
    retryAttempts: mostRetries,
    ...rest,
    url,
    fetch: send,
  })
  return { kind: 'events', client }
}

/** Subscriptions over a WebSocket, with the access token in its first message. */
export function liveBySocket(
  tokens: ExpiringSource,
  { url, onConnected }: { readonly url: string; readonly onConnected: OnConnected },
): LiveClient {
  const client = accessTokenSocket(tokens, {
    url,
    retryAttempts: mostRetries,
    retryWait: waitBriefly,
    on: { connected: onConnected },
  })
  return { kind: 'socket', client }
}

/** In a row: both libraries count anew once a connection stands. */
const mostRetries = 20

const briefMs = 50
const longestMs = 5000

/** Each wait is twice as long as the one before: the first is hardly one, because streams end with their token. */
function waitBriefly(retries: number): Promise<void> {
  const delayMs = Math.min(longestMs, briefMs * 2 ** retries) * (1 + Math.random())
  return new Promise(resolve => void setTimeout(resolve, delayMs))
}
