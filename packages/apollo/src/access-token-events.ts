import { ServerError } from '@apollo/client/errors'
import { createGraphQLFetch, isEvergrantError, isTokenRefused } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest, GraphQLFetchOptions } from '@evergrant/core/source'
import { createClient } from 'graphql-sse'
import type { Client, ClientOptions } from 'graphql-sse'
import { continuedStream } from './continued-stream.ts'
import { backOff, ExpiryWatch } from './expiry-watch.ts'
import type { ExpiringSource, ExpiryWatchOptions } from './expiry-watch.ts'

type Fetch = typeof globalThis.fetch
type Source = Pick<AccessTokenSource, 'authorize' | 'settle'>

/** Options of {@link accessTokenEvents}: those of graphql-sse without its single connection, and what follows. */
export interface AccessTokenEventsOptions
  extends
    Omit<ClientOptions, 'fetchFn' | 'lazy' | 'lazyCloseTimeout' | 'onNonLazyError' | 'singleConnection'>,
    ExpiryWatchOptions,
    GraphQLFetchOptions {}

/**
 * Makes a client of graphql-sse whose requests have an access token, or go through the proxy. A 401 or `UNAUTHENTICATED`
 * is answered with one refresh and one retry; a second one ends the subscription with a `ServerError`. Shortly before the
 * token ends, the stream goes on over a new request, between two events. Each subscription has a connection of its own;
 * all share one refresh.
 * @throws whatever `source.authorize` throws, from the subscription
 * @throws {SupersededError} somebody else has signed in when a stream goes on over a new request, from its subscription
 * @example
 * const client = accessTokenEvents(tokens, { url: 'https://api.example.com/graphql/stream' })
 */
export function accessTokenEvents(source: ExpiringSource, options: AccessTokenEventsOptions): Client {
  const {
    expiresAt: _expiresAt,
    clock: _clock,
    random: _random,
    isRefused: _isRefused,
    fetch: _fetch,
    ...rest
  } = options
  const watch = new ExpiryWatch(source, options)
  const clients = new Set<Client>()

  // One for each subscription, because graphql-sse does not say whose retry it asks about.
  const open = (): Client => {
    let final: { readonly error: unknown } | undefined
    const { authorize, settle } = ofOneSignIn(source)
    const fetchFn: Fetch = async (input, init) => {
      const connect = (): Promise<Response> => request({ authorize, settle }, options, input, init)
      try {
        return continuedStream(await connect(), connect, onRenewed => watch.start(onRenewed))
      } catch (error) {
        const isFinal = ServerError.is(error) || (isEvergrantError(error) && !error.isTransient)
        if (isFinal) final = { error }
        throw error
      }
    }
    const retry = async (retries: number): Promise<void> => {
      if (final) throw final.error
      await (rest.retry ?? backOff)(retries)
    }
    const client = createClient({ ...rest, retry, fetchFn })
    clients.add(client)
    return client
  }

  return {
    subscribe(payload, sink, on) {
      const client = open()
      return client.subscribe(
        payload,
        {
          next: value => sink.next(value as Parameters<typeof sink.next>[0]),
          error: error => {
            clients.delete(client)
            sink.error(error)
          },
          complete: () => {
            clients.delete(client)
            sink.complete()
          },
        },
        on,
      )
    },
    iterate(payload, on) {
      const client = open()
      return whenOver(client.iterate(payload, on), () => clients.delete(client))
    },
    dispose() {
      for (const client of clients) client.dispose()
      clients.clear()
    },
  }
}

/** Calls `forget` when nothing more will come. */
function whenOver<T>(iterator: AsyncIterableIterator<T>, forget: () => void): AsyncIterableIterator<T> {
  const next = iterator.next.bind(iterator)
  const leave = iterator.return?.bind(iterator)
  iterator.next = async () => {
    const result = await next().catch((error: unknown) => {
      forget()
      throw error
    })
    if (result.done === true) forget()
    return result
  }
  iterator.return = async value => {
    forget()
    return leave ? leave(value) : { done: true, value: undefined }
  }
  return iterator
}

/** The source of one subscription: what one person subscribed to never goes on in the name of the next. */
function ofOneSignIn({ authorize, settle }: Source): Source {
  let last: AuthorizedRequest | undefined
  return {
    settle,
    authorize: async (asked, given) =>
      (last = await authorize(asked, { ...given, replayOf: given?.replayOf ?? last })),
  }
}

/** Authorizes, sends, settles; a refusal that stands is an error. */
async function request(
  source: Source,
  { fetch, isRefused = isTokenRefused }: GraphQLFetchOptions,
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
): Promise<Response> {
  let isRefusal = false
  const send = createGraphQLFetch(source, { fetch, isRefused: errors => (isRefusal = isRefused(errors)) })
  const response = await send(input, init)
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
  if (response.status !== 401 && (isStream || !isRefusal)) return response
  const bodyText = await response.text()
  throw new ServerError('The server refuses the access token.', { response, bodyText })
}
