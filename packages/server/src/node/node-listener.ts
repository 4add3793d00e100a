import type { IncomingMessage, ServerResponse } from 'node:http'
import { refusalAnswer } from '../error-answer.ts'
import { tellQuietly } from '../tell-quietly.ts'
import { sendResponse, straight } from './send-response.ts'
import type { NodeAnswer } from './send-response.ts'
import { toRequest } from './to-request.ts'

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
    let answer: NodeAnswer
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

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error('The handler of a request threw no error.'))
}
