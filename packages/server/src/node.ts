import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest, sendNodeResponse } from 'srvx/node'
import { refusalAnswer } from './error-answer.ts'
import { requestTargetProblem } from './transport/request-target.ts'
import { takeNodeBody } from './transport/node-body.ts'

/** What a listener tells a handler beside the request. */
export interface NodeContext {
  /** The IP address at the other end of the connection; behind a proxy that is the proxy's. */
  readonly clientAddress?: string | undefined
}

/** A handler of web-standard requests. */
export type NodeHandler = (request: Request, context: NodeContext) => Response | Promise<Response>

/** Options of {@link toNodeListener}. */
export interface NodeListenerOptions {
  /** Receives what the handler throws, before the client is answered 500. Default: a warning of the process. */
  readonly onError?: ((error: unknown, request: IncomingMessage) => void) | undefined
}

/** Options of {@link toRequest}. */
export interface ToRequestOptions {
  /** The body, where a framework has read it already. Default: what the connection brings. */
  readonly body?: Uint8Array | string | undefined
}

/**
 * Makes a listener for `http.createServer` and for frameworks that take one. Requests are independent of each other. It
 * never rejects: what the handler throws goes to `onError` and is answered 500.
 * @example
 * createServer(toNodeListener(proxy)).listen(3000)
 */
export function toNodeListener(
  handler: NodeHandler,
  { onError = warn }: NodeListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    let answer: Response
    try {
      const request = toRequest(incoming, outgoing)
      const clientAddress = incoming.socket.remoteAddress
      answer = request instanceof Response ? request : await handler(request, { clientAddress })
    } catch (error) {
      onError(error, incoming)
      answer = refusalAnswer({ status: 500, code: 'internal_error', message: 'The server failed.' })
    }
    await sendResponse(outgoing, answer)
  }
}

/**
 * Turns a request of Node.js into a web `Request`, or into the `Response` that refuses it: 400 for a target that is no
 * plain path (absolute URLs, `.` and `..` segments, backslashes) and for a malformed `Host`. Frameworks' `originalUrl`
 * counts before `url`. Its signal aborts when the client leaves before the answer is complete.
 * @see RFC 9112 §3.2
 */
export function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { body }: ToRequestOptions = {},
): Request | Response {
  const { url, headers } = incoming
  const { originalUrl } = incoming as { readonly originalUrl?: unknown }
  const target = typeof originalUrl === 'string' ? originalUrl : (url ?? '')
  const message = requestTargetProblem(target, headers.host)
  if (message !== undefined) return refusalAnswer({ status: 400, code: 'request_target_refused', message })
  const request = requestFor(incoming, outgoing, target)
  const hasBody = body !== undefined && request.method !== 'GET' && request.method !== 'HEAD'
  if (!hasBody) return request
  const init = { method: request.method, headers: request.headers, signal: request.signal }
  return new Request(request.url, { ...init, body: body as BodyInit })
}

// It takes the URL from `url` alone, and on first use.
function requestFor(incoming: IncomingMessage, outgoing: ServerResponse, target: string): Request {
  const { url } = incoming
  incoming.url = target
  const request: Request = new NodeRequest({ req: incoming, res: outgoing })
  void request.url
  if (url !== undefined) incoming.url = url
  return request
}

/**
 * Sends a web `Response` and resolves when that is over, one way or the other; it never rejects. It waits for slow
 * readers. A body that breaks breaks the connection, so that nobody takes what there is for the whole. Headers that a
 * framework has set stay, unless the response has its own of the same name; cookies add up.
 */
export async function sendResponse(outgoing: ServerResponse, response: Response): Promise<void> {
  // A client that left makes writing fail, and an error without a listener would end the process.
  outgoing.on('error', ignore)
  try {
    const message = takeNodeBody(response.body)
    if (outgoing.destroyed || outgoing.headersSent) {
      message?.destroy()
      if (message === undefined) await response.body?.cancel()
      return
    }
    writeHead(outgoing, response)
    if (message === undefined) await sendNodeResponse(outgoing, response)
    else await pass(message, outgoing)
    // Only a body that broke off leaves it open.
    if (!outgoing.writableEnded) outgoing.destroy()
  } catch {
    outgoing.destroy()
  }
  finishRequest(outgoing.req, outgoing)
}

function writeHead(outgoing: ServerResponse, { status, statusText, headers }: Response): void {
  const reason = statusText || (STATUS_CODES[status] ?? '')
  if (outgoing.getHeaderNames().length === 0) {
    const lines: string[] = []
    for (const [name, value] of headers) lines.push(name, value)
    outgoing.writeHead(status, reason, lines)
    return
  }
  // Node.js 20 merges a list into earlier headers in a way of its own, and loses cookies.
  for (const [name, value] of headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  for (const cookie of headers.getSetCookie()) outgoing.appendHeader('set-cookie', cookie)
  outgoing.writeHead(status, reason)
}

/** Sends what another server sends, without taking it apart. */
function pass(message: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    message.on('data', chunk => {
      if (!outgoing.write(chunk)) message.pause()
    })
    outgoing.on('drain', () => message.resume())
    message.once('end', () => outgoing.end(resolve))
    message.once('close', () => {
      if (!message.readableEnded) outgoing.destroy()
      resolve()
    })
    outgoing.once('close', () => message.destroy())
    if (message.destroyed && !message.readableEnded) {
      outgoing.destroy()
      resolve()
    }
  })
}

const longestRestBytes = 16_777_216
const restMs = 5_000

/**
 * Reads what nobody read of a request, up to a limit: closing the connection at once would reset it, and the client
 * would lose the answer.
 */
function finishRequest(incoming: IncomingMessage, { socket }: ServerResponse): void {
  if (incoming.complete || incoming.destroyed || socket === null) return
  let bytes = 0
  const timer = setTimeout(() => incoming.destroy(), restMs)
  timer.unref()
  incoming.once('close', () => clearTimeout(timer))
  incoming.removeAllListeners('data')
  incoming.on('data', (chunk: Uint8Array) => {
    bytes += chunk.byteLength
    if (bytes > longestRestBytes) incoming.destroy()
  })
  incoming.resume()
}

function ignore(): void {
  // Whoever waits for the connection hears "close".
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error('The handler of a request threw no error.'))
}
