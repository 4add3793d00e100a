import type { Dispatcher } from 'undici'
import { headerOf } from './request-headers.ts'

const longestKeptBytes = 1_048_576

type Body = Exclude<Dispatcher.DispatchOptions['body'], undefined>

/**
 * The body of each attempt. Strings, buffers, forms and blobs can be sent again. `fetch` hands every body over as an
 * iterator: one of a known length up to 1 MiB is kept while it is sent. Other streams are sent once.
 */
export class RepeatableBody {
  readonly #body: unknown
  readonly #isKept: boolean
  #kept: Uint8Array[] = []
  #isWhole = false

  constructor({ body, headers }: Pick<Dispatcher.DispatchOptions, 'body' | 'headers'>) {
    this.#body = body
    this.#isKept = isIterator(body) && lengthIn(headers) <= longestKeptBytes
  }

  /** Whether the next attempt can have it once more. */
  get canRepeat(): boolean {
    return this.#isKept ? this.#isWhole : isRepeatable(this.#body)
  }

  /** The body for an attempt. */
  next(): Body {
    if (!this.#isKept) return (this.#body ?? null) as Body
    return (this.#isWhole ? fromArray(this.#kept) : this.#keeping()) as unknown as Body
  }

  async *#keeping(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#body as AsyncIterable<Uint8Array>) {
      this.#kept.push(chunk)
      yield chunk
    }
    this.#isWhole = true
  }
}

async function* fromArray(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

function isIterator(body: unknown): boolean {
  // A stream of Node.js is one too.
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !('readable' in body)
}

function isRepeatable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)) return true
  // undici has a FormData of its own.
  return body instanceof ArrayBuffer || ['FormData', 'Blob', 'File'].includes(tagOf(body))
}

function tagOf(body: unknown): string {
  return Object.prototype.toString.call(body).slice('[object '.length, -1)
}

function lengthIn(headers: Dispatcher.DispatchOptions['headers']): number {
  const length = headerOf(headers, 'content-length')
  return length === undefined ? Infinity : Number(length)
}
