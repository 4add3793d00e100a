import { setMaxListeners } from 'node:events'
import type { ServerResponse } from 'node:http'

const signals = new WeakMap<ServerResponse, AbortSignal>()

/** A signal that aborts when the client leaves before the answer has ended. One per answer; made when first asked for. */
export function clientLeft(response: ServerResponse): AbortSignal {
  const known = signals.get(response)
  if (known !== undefined) return known
  const controller = new AbortController()
  signals.set(response, controller.signal)
  // Node.js 20 would take eleven calls at a time for a leak.
  setMaxListeners(0, controller.signal)
  const leave = (): void => {
    if (response.writableEnded) return
    controller.abort(new DOMException('The client left before the answer was complete.', 'AbortError'))
  }
  if (response.destroyed) leave()
  else response.once('close', leave)
  return controller.signal
}

/** Tells whether an error says no more than that the client of this answer has left. */
export function isClientLeft(error: unknown, response: ServerResponse): boolean {
  const signal = signals.get(response)
  return signal?.aborted === true && error === signal.reason
}
