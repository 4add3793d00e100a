import { joinChunks } from '../join-chunks.ts'
import { ProxyRefusal, refuse } from './proxy-refusal.ts'

/** How much of a body is kept and let through, in bytes. */
export interface BodyLimits {
  readonly replayBufferBytes: number
  readonly maxBodyBytes: number | undefined
}

/** Hears whose turn it is while a body streams: the client's, or the API's. */
export interface UploadListener {
  readonly onClient: () => void
  readonly onServer: () => void
}

/** A body as it is sent. */
export interface SentBody {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null
  readonly bodyLength: number | undefined
}

const nothing: SentBody = { body: null, bodyLength: undefined }

/**
 * The body of one request, for one sending and perhaps a second. It is recorded while it streams, up to a limit; what
 * fits the record can be sent again. It is read only as fast as somebody takes it.
 */
export class RequestBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #declared: number | undefined
  readonly #limits: BodyLimits
  #record: Uint8Array[] | undefined = []
  #bytes = 0
  #isEnded: boolean
  #turn: Promise<unknown> = Promise.resolve()

  /** @throws {ProxyRefusal} the body says that it is longer than allowed */
  constructor(request: Pick<Request, 'body' | 'headers' | 'method'>, limits: BodyLimits) {
    this.#limits = limits
    this.#declared = declaredLength(request.headers)
    if (this.#declared !== undefined && this.#declared > (limits.maxBodyBytes ?? Infinity))
      throw tooLarge(limits)
    const cannotHaveOne = request.method === 'GET' || request.method === 'HEAD' || this.#declared === 0
    this.#reader = cannotHaveOne ? undefined : request.body?.getReader()
    this.#isEnded = this.#reader === undefined
  }

  /** Resolves to the body for the first sending: whole where its length says that it fits the record, or as a stream. */
  async first(listener: UploadListener): Promise<SentBody> {
    if (this.#isEnded) return nothing
    if (this.#declared !== undefined && this.#declared <= this.#limits.replayBufferBytes) {
      const whole = await this.again()
      if (whole !== undefined) return whole
    }
    // A body of unknown length may be none at all; a stream would make it one of no bytes.
    const chunk = await this.#read()
    if (chunk === undefined) return nothing
    return { body: this.#stream(chunk, listener), bodyLength: this.#declared }
  }

  /** Resolves to the whole body, after reading what is left of it; undefined if it is longer than the record. */
  async again(): Promise<SentBody | undefined> {
    while (!this.#isEnded && this.#record !== undefined) await this.#read()
    if (this.#record === undefined) return undefined
    return this.#bytes === 0
      ? nothing
      : { body: joinChunks(this.#record, this.#bytes), bodyLength: this.#bytes }
  }

  // Not the source is cancelled with the stream, but the stream alone: the rest may still be wanted.
  #stream(firstChunk: Uint8Array, listener: UploadListener): ReadableStream<Uint8Array> {
    let next: Uint8Array | undefined = firstChunk
    return new ReadableStream<Uint8Array>(
      {
        pull: async controller => {
          if (next === undefined) {
            listener.onClient()
            next = await this.#read()
          }
          listener.onServer()
          if (next === undefined) return controller.close()
          controller.enqueue(next)
          next = undefined
        },
      },
      { highWaterMark: 0 },
    )
  }

  #read(): Promise<Uint8Array | undefined> {
    const turn = this.#turn.then(() => this.#readNow())
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #readNow(): Promise<Uint8Array | undefined> {
    if (this.#reader === undefined || this.#isEnded) return undefined
    const { done, value } = await this.#reader.read()
    if (done) {
      this.#isEnded = true
      // The API would wait for the rest, or take the next request for it.
      if (this.#declared !== undefined && this.#bytes !== this.#declared) throw wrongLength()
      return undefined
    }
    this.#bytes += value.byteLength
    if (this.#bytes > (this.#limits.maxBodyBytes ?? Infinity)) throw tooLarge(this.#limits)
    if (this.#declared !== undefined && this.#bytes > this.#declared) throw wrongLength()
    if (this.#bytes <= this.#limits.replayBufferBytes) this.#record?.push(value)
    else this.#record = undefined
    return value
  }
}

function declaredLength(headers: Headers): number | undefined {
  const text = headers.get('content-length')
  if (text === null) return undefined
  if (!/^\d{1,15}$/.test(text)) throw wrongLength()
  return Number(text)
}

function tooLarge({ maxBodyBytes }: BodyLimits): ProxyRefusal {
  const message = `The body of a request may have at most ${maxBodyBytes} bytes.`
  return new ProxyRefusal(refuse(413, 'body_too_large', message))
}

function wrongLength(): ProxyRefusal {
  const message = 'The length of the body is not what Content-Length says.'
  return new ProxyRefusal(refuse(400, 'body_length_wrong', message))
}
