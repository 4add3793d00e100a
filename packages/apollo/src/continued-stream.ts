import { isSupersededError } from '@evergrant/core/source'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * Makes one stream of events of several: when `watch` calls back, `connect` is asked for the next one, which takes over
 * between two events. Where that fails, the stream goes on as it was; it ends if somebody else has signed in. Its answer
 * passes as it is if it is no stream.
 */
export function continuedStream(
  response: Response,
  connect: () => Promise<Response>,
  watch: (onRenewed: () => void) => () => void,
): Response {
  if (!isStream(response)) return response
  const { status, statusText, headers } = response
  const stream = new ContinuedStream(response.body, connect, watch)
  return new Response(new ReadableStream(stream), { status, statusText, headers })
}

class ContinuedStream implements UnderlyingDefaultSource<Uint8Array> {
  readonly #connect: () => Promise<Response>
  readonly #watch: (onRenewed: () => void) => () => void
  #reader: Reader
  #successor: Reader | undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** The last characters that were passed on. */
  #tail = '\n\n'
  #isOver = false
  #stop = (): void => undefined

  constructor(
    body: ReadableStream<Uint8Array>,
    connect: () => Promise<Response>,
    watch: (onRenewed: () => void) => () => void,
  ) {
    this.#reader = body.getReader()
    this.#connect = connect
    this.#watch = watch
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
    this.#begin()
  }

  cancel(): void {
    this.#end()
    leave(this.#reader)
  }

  #begin(): void {
    this.#stop = this.#watch(() => void this.#renew())
    void this.#pump(this.#reader)
  }

  async #renew(): Promise<void> {
    const response = await this.#connect().catch((error: unknown) => {
      if (isSupersededError(error)) this.#fail(error)
    })
    if (response === undefined) return
    const isUsable = isStream(response) && !this.#isOver
    if (!isUsable) return void response.body?.cancel().catch(() => undefined)
    this.#successor = response.body.getReader()
    this.#takeOver()
  }

  // Half an event would spoil the first one of the successor.
  #takeOver(): void {
    if (this.#successor === undefined || !/(?:\n\n|\r\n\r\n|\r\r)$/.test(this.#tail)) return
    const before = this.#reader
    this.#reader = this.#successor
    this.#successor = undefined
    leave(before)
    this.#begin()
  }

  async #pump(reader: Reader): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (reader !== this.#reader || this.#isOver) return
        if (done) break
        this.#controller?.enqueue(value)
        this.#tail = (this.#tail + String.fromCharCode(...value.subarray(-4))).slice(-4)
        this.#takeOver()
      }
      this.#end()
      this.#controller?.close()
    } catch (error) {
      if (reader === this.#reader) this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    leave(this.#reader)
    this.#controller?.error(error)
  }

  #end(): void {
    this.#isOver = true
    this.#stop()
    if (this.#successor) leave(this.#successor)
  }
}

function isStream(response: Response): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  const type = response.headers.get('content-type') ?? ''
  return response.ok && response.body !== null && /^text\/event-stream\b/i.test(type)
}

function leave(reader: Reader): void {
  reader.cancel().catch(() => undefined)
}
