import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { nodeBodyStream } from './node-body.ts'
import type { IncomingAnswer, OutgoingRequest, Transport } from './transport.ts'

/**
 * Makes a transport over `node:http` and `node:https` with connections that are kept. Bodies pass as they are: nothing
 * is decoded, and nothing is read before somebody wants it. It sets no timeouts.
 */
export function createTransport(): Transport {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const open = (url: string, { method, headers, body, bodyLength }: OutgoingRequest): ClientRequest => {
    const { protocol, hostname, port, pathname, search } = new URL(url)
    // Brackets belong to the URL of an IPv6 address, not to the address.
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    const sent = { ...headers, ...framing(body, bodyLength) }
    const options = { method, host, port, path: pathname + search, headers: sent }
    return protocol === 'https:'
      ? httpsRequest({ ...options, agent: agents.https })
      : httpRequest({ ...options, agent: agents.http })
  }
  const send = async (url: string, request: OutgoingRequest): Promise<IncomingAnswer> => {
    request.signal.throwIfAborted()
    const outgoing = open(url, request)
    try {
      return await exchange(outgoing, request)
    } catch (error) {
      // The server closed a kept connection in the instant it was used again: it has read nothing of the request.
      const wasStale = outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
      const mayRepeat = request.body === null && (request.method === 'GET' || request.method === 'HEAD')
      if (!wasStale || !mayRepeat || request.signal.aborted) throw error
      return send(url, request)
    }
  }
  return { isRaw: true, send }
}

/**
 * Says where the body ends. Node.js itself leaves that out for methods that seldom have one, such as DELETE: the API would
 * take the body for the next request of the connection, which carries another token.
 * @see RFC 9112 §6
 */
function framing(
  body: OutgoingRequest['body'],
  bodyLength: number | undefined,
): Readonly<Record<string, string>> {
  if (bodyLength !== undefined) return { 'content-length': String(bodyLength) }
  return body === null ? {} : { 'transfer-encoding': 'chunked' }
}

function exchange(
  outgoing: ClientRequest,
  { body, signal, method }: OutgoingRequest,
): Promise<IncomingAnswer> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined
    const abort = (): void => {
      const reason: unknown = signal.reason
      const error = reason instanceof Error ? reason : new Error('The request was aborted.')
      answer?.destroy(error)
      outgoing.destroy(error)
      reject(error)
    }
    signal.addEventListener('abort', abort, { once: true })
    // Also after the answer came: an upload that breaks then is not to end the process.
    outgoing.on('error', reject)
    // An answer 101 that nobody asked for closes the connection without an error.
    outgoing.on('close', () => reject(new Error('The connection was closed before the answer.')))
    outgoing.on('response', incoming => {
      answer = incoming
      incoming.once('close', () => signal.removeEventListener('abort', abort))
      resolve(new MessageAnswer(incoming, method))
    })
    if (body instanceof ReadableStream)
      void upload(body, outgoing).catch(error => outgoing.destroy(asError(error)))
    else outgoing.end(body ?? undefined)
  })
}

/** Reads one chunk when the last one is on its way, so that a slow server slows the client down. */
async function upload(body: ReadableStream<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  const reader = body.getReader()
  outgoing.once('close', () => void reader.cancel().catch(() => undefined))
  outgoing.flushHeaders()
  for (;;) {
    const { done, value } = await reader.read()
    if (outgoing.destroyed) return
    if (done) return void outgoing.end()
    if (!outgoing.write(value)) await writable(outgoing)
  }
}

function writable(outgoing: ClientRequest): Promise<void> {
  return new Promise(resolve => {
    const go = (): void => {
      outgoing.off('drain', go)
      outgoing.off('close', go)
      resolve()
    }
    outgoing.on('drain', go)
    outgoing.on('close', go)
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The body could not be read.')
}

class MessageAnswer implements IncomingAnswer {
  readonly status: number
  readonly #incoming: IncomingMessage
  readonly #isEmpty: boolean
  #headers: Headers | undefined
  #body: ReadableStream<Uint8Array> | undefined

  constructor(incoming: IncomingMessage, method: string) {
    this.#incoming = incoming
    this.status = incoming.statusCode ?? 0
    this.#isEmpty = method === 'HEAD' || this.status === 204 || this.status === 304 || this.status === 205
    // An error without a listener would end the process; "close" follows and tells the reader.
    incoming.on('error', () => undefined)
    // What is not read would keep the connection busy.
    if (this.#isEmpty) incoming.resume()
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#isEmpty ? null : (this.#body ??= nodeBodyStream(this.#incoming))
  }

  readonly takeMessage = (): IncomingMessage | null => (this.#isEmpty ? null : this.#incoming)

  get headers(): Headers {
    if (this.#headers !== undefined) return this.#headers
    const headers = new Headers()
    for (const [name, value] of this.fields()) headers.append(name, value)
    return (this.#headers = headers)
  }

  *fields(): Generator<readonly [string, string]> {
    const { rawHeaders } = this.#incoming
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      yield [(rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '']
    }
  }
}
