import { AccessTokenNotExposedError, isSupersededError } from '@evergrant/core/source'
import type { AuthorizedRequest } from '@evergrant/core/source'
import { ExpiryWatch } from './expiry-watch.ts'
import type { ExpiringSource, ExpiryWatchOptions } from './expiry-watch.ts'

/** What the first message of a connection holds. */
export type ConnectionParams = Record<string, unknown>

/** What a connection is made of. */
export interface SocketStateOptions extends ExpiryWatchOptions {
  readonly url: string | (() => string | Promise<string>)
  readonly connectionParams?:
    ((accessToken: string) => ConnectionParams | Promise<ConnectionParams>) | undefined
}

/** A connection that lived so long was accepted, in milliseconds. */
const acceptedAfterMs = 5000

/** What is known about the connection of one client. */
export class SocketState {
  /** Whether the next connection is due to ourselves: nobody waits before it. */
  isReconnecting = false
  /** Whether subscriptions of the connection before go on over the next one. */
  isContinuing = false
  /** Why there is nothing to connect with. */
  failure: { readonly error: unknown } | undefined
  readonly #source: ExpiringSource
  readonly #options: SocketStateOptions
  readonly #watch: ExpiryWatch
  #attempt: AuthorizedRequest | undefined
  /** The refusal that the next connection answers. */
  #refused: { readonly attempt: AuthorizedRequest; readonly event: unknown } | undefined
  /** Whether the connection in use answers a refusal: then the next one is final. */
  #isReplay = false
  #stop = (): void => undefined

  constructor(source: ExpiringSource, options: SocketStateOptions) {
    this.#source = source
    this.#options = options
    this.#watch = new ExpiryWatch(source, options)
  }

  /** Resolves to the URL to connect to; where there is a `failure`, to none. It never rejects: graphql-ws would wait forever. */
  async authorize(): Promise<string> {
    const { url: given } = this.#options
    const refused = this.#refused
    // What one person subscribed to never goes on in the name of the next.
    const replayOf = refused?.attempt ?? (this.isContinuing ? this.#attempt : undefined)
    this.failure = undefined
    try {
      const url = typeof given === 'function' ? await given() : given
      const request = { url: url.replace(/^ws/i, 'http'), method: 'GET' }
      const attempt = await this.#source.authorize(request, { replayOf })
      const token = tokenOf(attempt)
      if (token === undefined) throw notExposed()
      // There is no newer token, because the exchange failed: the refusal stands, and would come again.
      if (refused && token === tokenOf(refused.attempt)) throw refused.event
      this.#attempt = attempt
      this.#refused = undefined
      return attempt.url.replace(/^http/, 'ws')
    } catch (error) {
      this.failure = { error }
      if (isSupersededError(error)) this.#attempt = undefined
      return ''
    }
  }

  async connectionParams(): Promise<ConnectionParams> {
    const token = tokenOf(this.#attempt) ?? ''
    const { connectionParams } = this.#options
    return connectionParams ? connectionParams(token) : { Authorization: `Bearer ${token}` }
  }

  /** `reconnect` is called shortly before the token ends. */
  connected(reconnect: () => void): void {
    this.#stop()
    const accept = (): void => {
      this.#isReplay = false
      if (this.#attempt) this.#source.settle(this.#attempt, { status: 200, headers: new Headers() })
    }
    const cancel = this.#watch.clock.schedule(accept, acceptedAfterMs)
    const stop = this.#watch.start(() => {
      this.isReconnecting = true
      reconnect()
    })
    this.#stop = () => {
      cancel()
      stop()
    }
  }

  /** Tells whether a new connection answers the end of this one. */
  isAnswered(event: unknown): boolean {
    this.#stop()
    if (!isRefusal(event) || this.#attempt === undefined) return false
    const isNewerDue = this.#source.settle(this.#attempt, 'rejected') === 'replay'
    this.isReconnecting = isNewerDue && !this.#isReplay
    this.#isReplay = this.isReconnecting
    this.#refused = this.isReconnecting ? { attempt: this.#attempt, event } : undefined
    return this.isReconnecting
  }
}

function tokenOf(attempt: AuthorizedRequest | undefined): string | undefined {
  return attempt?.headers.get('authorization')?.replace(/^Bearer /, '')
}

/** Tells an event of a socket that was closed. */
export function isCloseEvent(event: unknown): event is { readonly code: unknown } {
  return typeof event === 'object' && event !== null && 'code' in event && 'reason' in event
}

/** Tells whether a socket was closed because of its access token. */
export function isRefusal(event: unknown): boolean {
  return isCloseEvent(event) && (event.code === 4401 || event.code === 4403)
}

function notExposed(): AccessTokenNotExposedError {
  return new AccessTokenNotExposedError(
    'A WebSocket needs an access token, and the proxy hands none out. Use server-sent events, which go through the proxy.',
  )
}
