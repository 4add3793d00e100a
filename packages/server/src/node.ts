import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest, sendNodeResponse } from 'srvx/node'
import { refusalAnswer } from './error-answer.ts'
import { tellQuietly } from './tell-quietly.ts'
import { straightOf } from './transport/straight-answer.ts'
import type { StraightAnswer } from './transport/straight-answer.ts'
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
  const handle = straight(handler)
  return async (incoming, outgoing) => {
    let answer: Response | StraightAnswer
    try {
      const request = toRequest(incoming, outgoing)
      const clientAddress = incoming.socket.remoteAddress
      answer = request instanceof Response ? request : await handle(request, { clientAddress })
    } catch (error) {
      tellQuietly(() => onError(error, incoming))
      answer = refusalAnswer({ status: 500, code: 'internal_error', message: 'The server failed.' })
    }
    await sendResponse(outgoing, answer)
  }
}

/**
 * The shortest way from a handler to {@link sendResponse}: for the API proxy one that builds no `Response`; any other
 * handler is returned as it is.
 */
export function straight<Context>(
  handler: (request: Request, context: Context) => Response | Promise<Response>,
): (request: Request, context: Context) => NodeAnswer | Promise<NodeAnswer> {
  return straightOf<Context>(handler) ?? handler
}

/** What {@link sendResponse} sends. */
export type NodeAnswer = Response | StraightAnswer

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
 * Sends an answer and resolves when that is over, one way or the other; it never rejects. It waits for slow
 * readers. A body that breaks breaks the connection, so that nobody takes what there is for the whole. Headers that a
 * framework has set stay, unless the response has its own of the same name; cookies add up.
 */
export async function sendResponse(outgoing: ServerResponse, answer: NodeAnswer): Promise<void> {
  // A client that left makes writing fail, and an error without a listener would end the process.
  outgoing.on('error', ignore)
  try {
    const message = messageOf(answer)
    if (outgoing.destroyed || outgoing.headersSent) {
      message?.destroy()
      if (answer instanceof Response && message === undefined) await answer.body?.cancel()
      return
    }
    writeHead(outgoing, answer)
    if (message !== undefined) await pass(message, outgoing)
    else if (answer instanceof Response) await sendNodeResponse(outgoing, answer)
    else outgoing.end()
    // Only a body that broke off leaves it open.
    if (!outgoing.writableEnded) outgoing.destroy()
  } catch {
    outgoing.destroy()
  }
  finishRequest(outgoing.req, outgoing)
}

/** The message of another server that nobody has read from; undefined: the body is something else, or there is none. */
function messageOf(answer: NodeAnswer): IncomingMessage | undefined {
  if (answer instanceof Response) return takeNodeBody(answer.body)
  return (answer.message ?? undefined) as IncomingMessage | undefined
}

function writeHead(outgoing: ServerResponse, answer: NodeAnswer): void {
  const own = answer instanceof Response ? linesOf(answer.headers) : answer.lines
  const earlier = outgoing.getHeader('set-cookie')
  // Given as lines, cookies of the answer would take the place of those that a framework has set.
  const kept = earlier !== undefined && own.includes('set-cookie') ? [earlier].flat().map(String) : []
  const lines = [...kept.flatMap(cookie => ['set-cookie', cookie]), ...own]
  const { status } = answer
  const text = answer instanceof Response ? answer.statusText : ''
  outgoing.writeHead(status, text || (STATUS_CODES[status] ?? ''), lines)
}

function linesOf(headers: Headers): string[] {
  const lines: string[] = []
  for (const [name, value] of headers) lines.push(name, value)
  return lines
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
