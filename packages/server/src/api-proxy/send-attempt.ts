import { NetworkError } from '@evergrant/core/source'
import type { IncomingAnswer, OutgoingRequest, Transport } from '../transport/transport.ts'
import type { SentBody, UploadListener } from './request-body.ts'
import { ProxyRefusal, upstreamTimeout, upstreamUnreachable } from './proxy-refusal.ts'

/** What one sending needs to know. */
export interface AttemptOptions {
  readonly transport: Transport
  /** The client's: whoever left waits for nothing. */
  readonly signal: AbortSignal
  /** How long the API may take until its headers, in milliseconds; undefined: as long as it wants. */
  readonly timeoutMs: number | undefined
}

/**
 * One sending of a request. The time that a client takes for its own upload is not counted against the API, and once
 * the headers are there, no time is.
 */
export class Attempt implements UploadListener {
  readonly #options: AttemptOptions
  readonly #abort = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isLate = false
  #isAnswered = false

  constructor(options: AttemptOptions) {
    this.#options = options
  }

  /**
   * Sends.
   * @throws {ProxyRefusal} the API cannot be reached, its headers are late, or the client's body is refused
   */
  async send(
    url: string,
    request: Pick<OutgoingRequest, 'method' | 'headers'>,
    { body, bodyLength }: SentBody,
  ): Promise<IncomingAnswer> {
    const { signal, transport } = this.#options
    signal.throwIfAborted()
    signal.addEventListener('abort', () => this.#abort.abort(signal.reason), { once: true })
    this.onServer()
    try {
      const outgoing = { ...request, body, bodyLength, signal: this.#abort.signal }
      return await transport.send(url, outgoing)
    } catch (error) {
      throw this.#isLate ? lateHeaders(url) : (refusalIn(error) ?? unreachable(url, error))
    } finally {
      this.#isAnswered = true
      this.onClient()
    }
  }

  /** Gives up the request and its answer. */
  drop(answer?: IncomingAnswer): void {
    answer?.body?.cancel().catch(() => undefined)
    this.#abort.abort(new Error('The answer is not wanted any more.'))
  }

  readonly onClient = (): void => clearTimeout(this.#timer)

  readonly onServer = (): void => {
    const { timeoutMs } = this.#options
    clearTimeout(this.#timer)
    if (timeoutMs === undefined || this.#isAnswered) return
    this.#timer = setTimeout(() => {
      this.#isLate = true
      this.#abort.abort(new Error('The headers are late.'))
    }, timeoutMs)
  }
}

// `fetch` wraps what a body's stream fails with.
function refusalIn(error: unknown): ProxyRefusal | undefined {
  if (error instanceof ProxyRefusal) return error
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof ProxyRefusal ? cause : undefined
}

function unreachable(url: string, error: unknown): ProxyRefusal {
  const origin = error instanceof Error ? (error.cause ?? error) : undefined
  // A code alone, `ECONNREFUSED`: messages of others can hold anything.
  const code = origin instanceof Error && 'code' in origin ? ` (${String(origin.code)})` : ''
  const message = `The API at ${new URL(url).origin} cannot be reached or broke off${code}.`
  const cause = new NetworkError(message, { code: 'network_error', wasSent: true })
  return new ProxyRefusal(upstreamUnreachable, { cause })
}

function lateHeaders(url: string): ProxyRefusal {
  const message = `The API at ${new URL(url).origin} did not begin to answer in time.`
  const cause = new NetworkError(message, { code: 'network_timeout', wasSent: true })
  return new ProxyRefusal(upstreamTimeout, { cause })
}
