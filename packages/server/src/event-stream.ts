import type { Clock, EvergrantEvent, TokenManager } from '@evergrant/core'

/** What is streamed of: a token manager, or anything that tells its events and explains itself as one. */
export type EventSourceManager = Pick<TokenManager, 'subscribe' | 'explain'>

/** What a stream is made of. */
export interface EventStreamOptions {
  readonly sources: Readonly<Record<string, EventSourceManager>>
  readonly keepAliveMs: number
  readonly clock: Clock
  /** Ends the stream. */
  readonly signal: AbortSignal
  /** Called once, when nothing more is sent. */
  readonly onClose: () => void
}

/** How much may wait for a client that does not read, in bytes. */
export const longestBacklog: number = 256 * 1024

const encoder = new TextEncoder()
const comment = ':\n\n'

/** One client that listens. Holds subscriptions and a timer until the client leaves. */
export class EventStream {
  /** What is sent: the first explanations, and from then on every event. */
  readonly body: ReadableStream<Uint8Array>
  readonly #options: EventStreamOptions
  readonly #ends: (() => void)[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #isClosed = false

  constructor(options: EventStreamOptions) {
    this.#options = options
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: longestBacklog })
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: controller => this.#open(controller),
      cancel: () => this.#close(),
    }
    this.body = new ReadableStream(source, strategy)
  }

  #open(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { sources, signal, onClose } = this.#options
    this.#controller = controller
    const leave = (): void => {
      this.#close()
      controller.close()
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#ends.push(() => signal.removeEventListener('abort', leave), onClose, this.#keepAlive())
    try {
      // Servers hold the head of an answer back until something of its body is there.
      this.#write(comment)
      for (const [name, source] of Object.entries(sources)) {
        // The first explanations may already be more than the client may leave unread.
        if (this.#isClosed) return
        this.#ends.push(source.subscribe(event => this.#announce(name, source, event)))
        this.#send(name, source)
      }
    } catch (error) {
      this.#close()
      throw error
    }
  }

  #keepAlive(): () => void {
    const { clock, keepAliveMs } = this.#options
    let cancel: (() => void) | undefined
    const arm = (): void => {
      cancel = clock.schedule(() => {
        this.#write(comment)
        if (!this.#isClosed) arm()
      }, keepAliveMs)
    }
    arm()
    return () => cancel?.()
  }

  // An event is told while the credential changes: explained at once, it would be explained as it was before.
  #announce(name: string, source: EventSourceManager, event: EvergrantEvent): void {
    this.#options.clock.schedule(() => {
      try {
        this.#send(name, source, event)
      } catch {
        // Nobody would catch it here, and one source that cannot explain itself must not end the process.
        this.#fail(new Error(`The source ${name} could not be explained.`))
      }
    }, 0)
  }

  #send(name: string, source: EventSourceManager, event?: EvergrantEvent): void {
    if (this.#isClosed) return
    const data = JSON.stringify({ name, event, explanation: source.explain() })
    this.#write(`event: token\ndata: ${data}\n\n`)
  }

  #write(text: string): void {
    const controller = this.#controller
    if (this.#isClosed || controller === undefined) return
    controller.enqueue(encoder.encode(text))
    if ((controller.desiredSize ?? 0) < 0) this.#fail(new Error('The client did not read what it was sent.'))
  }

  // An error and not an end: what waits is dropped, and the connection is cut.
  #fail(error: Error): void {
    this.#close()
    this.#controller?.error(error)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const end of this.#ends) end()
  }
}
