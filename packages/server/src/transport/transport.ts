/** One request on its way to the API. */
export interface OutgoingRequest {
  readonly method: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null
  /** The body's length in bytes; undefined: nobody knows. */
  readonly bodyLength?: number | undefined
  readonly signal: AbortSignal
}

/** What the API answers. */
export interface IncomingAnswer {
  readonly status: number
  readonly headers: Headers
  /** Every header, its name in lower case. Costs less than `headers` where those are made on demand. */
  readonly fields: () => Iterable<readonly [string, string]>
  readonly body: ReadableStream<Uint8Array> | null
  /** Gives away the message of Node.js behind it, in place of `body`; null: it has none. Absent: there is no message. */
  readonly takeMessage?: (() => object | null) | undefined
}

/** A way to send requests. */
export interface Transport {
  /**
   * Resolves when the answer's headers are there. Follows no redirect. `signal` ends the request and the answer's body;
   * so does cancelling the body. A connection that breaks makes the body fail.
   */
  readonly send: (url: string, request: OutgoingRequest) => Promise<IncomingAnswer>
  /** Whether bodies come as they were sent, compressed ones too. */
  readonly isRaw: boolean
}
