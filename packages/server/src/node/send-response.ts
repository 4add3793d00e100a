import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendNodeResponse } from 'srvx/node'
import { takeNodeBody } from '../transport/node-body.ts'
import { straightOf } from '../transport/straight-answer.ts'
import type { StraightAnswer } from '../transport/straight-answer.ts'
import { keepEventStream } from './event-streams.ts'
import { finishRequest } from './finish-request.ts'

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
 * Sends an answer and resolves when that is over, one way or the other; it never rejects. It waits for slow
 * readers. A body that breaks breaks the connection, so that nobody takes what there is for the whole. Headers that a
 * framework has set stay, unless the response has its own of the same name; cookies add up. An event stream ends when
 * `closeGracefully` closes its server.
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
    const lines = answer instanceof Response ? linesOf(answer.headers) : answer.lines
    if (isEventStream(lines)) keepEventStream(outgoing)
    writeHead(outgoing, answer, lines)
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

function writeHead(outgoing: ServerResponse, answer: NodeAnswer, own: readonly string[]): void {
  // It counts a body of the framework's that is not sent.
  outgoing.removeHeader('content-length')
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

function isEventStream(lines: readonly string[]): boolean {
  return lines.some(
    (name, index) =>
      index % 2 === 0 &&
      name === 'content-type' &&
      lines[index + 1]?.startsWith('text/event-stream') === true,
  )
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

function ignore(): void {
  // Whoever waits for the connection hears "close".
}
