import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest } from 'srvx/node'
import { refusalAnswer } from '../error-answer.ts'
import { requestTargetProblem } from '../transport/request-target.ts'

/** Options of {@link toRequest}. */
export interface ToRequestOptions {
  /** The body, where a framework has read it already. Default: what the connection brings. */
  readonly body?: Uint8Array | string | undefined
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
  const target = targetOf(incoming)
  const message = requestTargetProblem(target, incoming.headers.host)
  if (message !== undefined) return refusalAnswer({ status: 400, code: 'request_target_refused', message })
  const request = requestFor(incoming, outgoing, target)
  const hasBody = body !== undefined && request.method !== 'GET' && request.method !== 'HEAD'
  if (!hasBody) return request
  const init = { method: request.method, headers: request.headers, signal: request.signal }
  return new Request(request.url, { ...init, body: body as BodyInit })
}

/** What was asked for: frameworks cut `url` where they mount handlers, and keep the whole. */
export function targetOf(incoming: IncomingMessage): string {
  const { originalUrl, url } = incoming as IncomingMessage & { readonly originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : (url ?? '')
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
