import type { Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { ConfigurationError } from '@evergrant/core/source'
import { endEventStreams } from './event-streams.ts'

/** Options of {@link closeGracefully}. */
export interface CloseGracefullyOptions {
  /** What ends after the last request: token managers, user tokens, sessions. Default none. */
  readonly disposables?: readonly Disposed[] | undefined
  /** How long running requests may take to end, in milliseconds; then they are cut off. Default 10 000. */
  readonly graceMs?: number | undefined
}

/** A token manager, user tokens, sessions. */
interface Disposed {
  readonly dispose: () => unknown
}

const closing = new WeakMap<object, Promise<void>>()
const sweepMs = 100

/**
 * Closes a server without breaking requests off: it takes no more connections, ends idle ones and the event streams of
 * event routes and API proxies, waits for running requests, and then disposes `disposables`. Connections that were
 * upgraded, as for WebSockets, are yours to close. Calls for the same server share the first one's end.
 * Rejects with the first thing that could not be disposed, after all others were.
 * @throws {ConfigurationError} there is no server, a disposable is none, or `graceMs` is no number of milliseconds
 * @example
 * process.once('SIGTERM', () => void closeGracefully(server, { disposables: [sessions] }))
 */
export function closeGracefully(
  server: Server | SecureServer,
  options: CloseGracefullyOptions = {},
): Promise<void> {
  const { disposables = [], graceMs = 10_000 } = options
  assertOptions(server, disposables, graceMs)
  const known = closing.get(server)
  if (known !== undefined) return known
  const closed = closeServer(server, graceMs).then(() => disposeAll(disposables))
  closing.set(server, closed)
  return closed
}

async function closeServer(server: Server | SecureServer, graceMs: number): Promise<void> {
  // Whoever sends one more request over a kept connection is told to come back over another one.
  server.prependListener('request', (_request, response) => void response.setHeader('Connection', 'close'))
  // It calls back with an error where the server never listened: closed it is, too.
  const closed = new Promise<void>(resolve => void server.close(() => resolve()))
  const sweep = (): void => {
    endEventStreams(server)
    server.closeIdleConnections()
  }
  sweep()
  // A connection becomes idle when its request ends, and nobody says so.
  const sweeping = setInterval(sweep, sweepMs)
  let grace: NodeJS.Timeout | undefined
  const cutOff = new Promise<void>(resolve => {
    grace = setTimeout(() => {
      server.closeAllConnections()
      // Not when all are closed: connections that were upgraded, as for WebSockets, are no longer the server's.
      resolve()
    }, graceMs)
  })
  await Promise.race([closed, cutOff])
  clearInterval(sweeping)
  clearTimeout(grace)
}

async function disposeAll(disposables: readonly Disposed[]): Promise<void> {
  const results = await Promise.allSettled(disposables.map(async each => each.dispose()))
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

function assertOptions(
  server: Partial<Server> | undefined,
  disposables: readonly Partial<Disposed>[],
  graceMs: number,
): void {
  const problems: string[] = []
  if (typeof server?.closeIdleConnections !== 'function') {
    problems.push('The server must be what app.listen() or createServer() returns.')
  }
  for (const [index, each] of disposables.entries()) {
    if (typeof each?.dispose === 'function') continue
    problems.push(`disposables[${index}] must have a method dispose, as token managers and sessions do.`)
  }
  if (!(graceMs >= 0 && graceMs <= 2 ** 31 - 1)) {
    problems.push('graceMs must be a number of milliseconds from 0 to 2 147 483 647.')
  }
  if (problems.length > 0) throw new ConfigurationError('closeGracefully cannot work', problems)
}
