import type { EvergrantEvent } from '@evergrant/core'
import type { Response } from 'express'
import type { EventSourceManager } from './event-route.ts'

/** What a stream is made of. */
export interface EventStreamOptions {
  readonly sources: Readonly<Record<string, EventSourceManager>>
  readonly keepAliveMs: number
  /** Called once, when nothing more is sent. */
  readonly onClose: () => void
}

/** How much may wait for a client that does not read, in bytes. */
const longestBacklog = 256 * 1024

/** One client that listens. Holds subscriptions and a timer until the response is closed. */
export class EventStream {
  readonly #response: Response
  readonly #options: EventStreamOptions
  readonly #ends: (() => void)[] = []
  #isClosed = false

  constructor(response: Response, options: EventStreamOptions) {
    this.#response = response
    this.#options = options
  }

  /** Sends the first explanations, and from then on every event. */
  open(): void {
    const { sources, keepAliveMs } = this.#options
    const response = this.#response
    response.once('close', () => this.#close())
    // A connection that breaks is no fault of the application.
    response.on('error', () => this.#close())
    response.flushHeaders()
    const timer = setInterval(() => this.#write(':\n\n'), keepAliveMs)
    timer.unref()
    this.#ends.push(() => clearInterval(timer))
    for (const [name, source] of Object.entries(sources)) {
      this.#ends.push(source.subscribe(event => this.#announce(name, source, event)))
      this.#send(name, source)
    }
  }

  // An event is told while the credential changes: explained at once, it would be explained as it was before.
  #announce(name: string, source: EventSourceManager, event: EvergrantEvent): void {
    setImmediate(() => this.#send(name, source, event))
  }

  #send(name: string, source: EventSourceManager, event?: EvergrantEvent): void {
    if (this.#isClosed) return
    const data = JSON.stringify({ name, event, explanation: source.explain() })
    this.#write(`event: token\ndata: ${data}\n\n`)
  }

  #write(text: string): void {
    if (this.#isClosed) return
    this.#response.write(text)
    if (this.#response.writableLength <= longestBacklog) return
    this.#close()
    this.#response.destroy()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const end of this.#ends) end()
    this.#options.onClose()
  }
}
