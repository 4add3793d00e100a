import { createServer } from 'node:http'
import { closeGracefully } from '@evergrant/express'
import type { Express } from 'express'
import { listenOn } from './listen-on.ts'
import type { Listening } from './listen-on.ts'
import type { Stops } from './over-emulator.ts'

/** The application of a demo, not yet listening. */
export interface DemoApp {
  readonly app: Express
  /** Ends all sessions: no more timers and requests. */
  readonly close: () => Promise<void>
}

// Whoever presses Ctrl-C does not want to wait.
const graceMs = 500

/**
 * Serves a demo on a port of loopback.
 * @throws {Error} the port cannot be used; the message says what to do
 */
export function servePage(demo: DemoApp, port: number, stops: Stops): Promise<Listening> {
  const server = createServer(demo.app)
  stops.push(() => closeGracefully(server, { disposables: [{ dispose: demo.close }], graceMs }))
  return listenOn(server, port)
}
