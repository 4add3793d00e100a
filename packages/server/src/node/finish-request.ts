import type { IncomingMessage, ServerResponse } from 'node:http'

const longestRestBytes = 16_777_216
const restMs = 5_000

/**
 * Reads what nobody read of a request, up to a limit: closing the connection at once would reset it, and the client
 * would lose the answer.
 */
export function finishRequest(incoming: IncomingMessage, { socket }: ServerResponse): void {
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
