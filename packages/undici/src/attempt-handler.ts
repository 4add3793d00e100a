import type { Dispatcher } from 'undici'
import type { StableController } from './stable-controller.ts'

type Handler = Dispatcher.DispatchHandler
type Controller = Dispatcher.DispatchController
type Incoming = Parameters<NonNullable<Handler['onResponseEnd']>>[1]

/** What an attempt needs of its request. */
export interface AttemptOptions {
  /** Who made the request. */
  readonly handler: Handler
  readonly controller: StableController
  /** The object that the handler got as its context. */
  readonly context: object
  /** Whether this answer is a refusal that a newer token may help. `url` is where redirects led, if that is known. */
  readonly isRefused: (status: number, headers: Incoming, url: URL | undefined) => boolean
  /** Decides later what becomes of a refusal: `release` or `discard`. */
  readonly onRefused: (refused: AttemptHandler) => void
}

/** How much of a refusal is read for the sake of its connection, in bytes. */
const mostDiscardedBytes = 131_072

/** Passes on what happens to one attempt. A refusal is held, so that the request can be sent again instead. */
export class AttemptHandler implements Handler {
  readonly #options: AttemptOptions
  #attempt: Controller | undefined
  #history: readonly URL[] | undefined
  #held: (() => void)[] | undefined
  #isDiscarded = false
  #discardedBytes = 0

  constructor(options: AttemptOptions) {
    this.#options = options
  }

  onRequestStart(controller: Controller, context: { readonly history?: readonly URL[] } | null): void {
    this.#attempt = controller
    this.#history = context?.history
    Object.assign(this.#options.context, context)
    this.#options.controller.point(controller)
  }

  onRequestUpgrade(_: Controller, ...rest: [status: number, headers: Incoming, socket: never]): void {
    this.#pass((handler, controller) => handler.onRequestUpgrade?.(controller, ...rest))
  }

  onResponseStart(attempt: Controller, status: number, headers: Incoming, message?: string): void {
    const { isRefused, onRefused } = this.#options
    const refused = status >= 200 && isRefused(status, headers, this.#history?.at(-1))
    if (refused) this.#held = []
    this.#pass((handler, controller) => handler.onResponseStart?.(controller, status, headers, message))
    if (!refused) return
    attempt.pause()
    onRefused(this)
  }

  onResponseData(attempt: Controller, chunk: Buffer): void {
    if (this.#isDiscarded) {
      this.#discardedBytes += chunk.length
      if (this.#discardedBytes > mostDiscardedBytes) attempt.abort(new Error('The refusal was not read.'))
    }
    this.#pass((handler, controller) => handler.onResponseData?.(controller, chunk))
  }

  onResponseEnd(_: Controller, trailers: Incoming): void {
    this.#pass((handler, controller) => handler.onResponseEnd?.(controller, trailers))
  }

  onResponseError(_: Controller, error: Error): void {
    this.#pass((handler, controller) => handler.onResponseError?.(controller, error))
  }

  onResponseStarted(): void {
    this.#pass(handler => handler.onResponseStarted?.())
  }

  onBodySent(chunk: Buffer): void {
    this.#pass(handler => handler.onBodySent?.(chunk))
  }

  onRequestSent(): void {
    this.#pass(handler => handler.onRequestSent?.())
  }

  /** Hands the refusal back after all. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    try {
      for (const event of held) event()
    } catch (error) {
      // What a handler throws would end the attempt, as undici does it.
      this.#attempt?.abort(error as Error)
    }
    if (!this.#options.controller.paused) this.#attempt?.resume()
  }

  /** Lets the refusal run out unseen, so that its connection is free again. */
  discard(): void {
    this.#held = undefined
    this.#isDiscarded = true
    this.#attempt?.resume()
  }

  #pass(event: (handler: Handler, controller: Controller) => void): void {
    if (this.#isDiscarded) return
    const { handler, controller } = this.#options
    if (this.#held) this.#held.push(() => event(handler, controller))
    else event(handler, controller)
  }
}
