import type { ServerResponse } from 'node:http'

const open = new WeakMap<object, Set<ServerResponse>>()

/** Remembers an answer that goes on for as long as its client listens, until it is over. */
export function keepEventStream(response: ServerResponse): void {
  const server = serverOf(response)
  if (server === undefined || response.destroyed) return
  const streams = open.get(server) ?? new Set()
  open.set(server, streams.add(response))
  response.once('close', () => streams.delete(response))
}

/** Ends a server's event streams: the clients' `EventSource` connects anew, and finds another instance. */
export function endEventStreams(server: object): void {
  for (const response of open.get(server) ?? []) response.end()
}

// Node.js sets it on every connection that a server accepts; its typings do not say so.
function serverOf({ socket }: ServerResponse): object | undefined {
  return (socket as { readonly server?: object } | null)?.server
}
