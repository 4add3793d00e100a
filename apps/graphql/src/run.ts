import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@evergrant/core'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { closeGracefully } from '@evergrant/express'
import { createDemo } from './demo.ts'
import { serveGraphQL } from './serve-graphql.ts'

/** Options of {@link runDemo}. */
export interface RunDemoOptions {
  /** Default 3000; 0 takes any free one. The GraphQL server takes any free one. */
  readonly port?: number | undefined
  /** An emulator that runs already, and goes on when the demo stops. Default: one of its own. */
  readonly emulator?: EmulatorServer | undefined
  /** How long customers' access tokens live, in milliseconds. Default 30 000. */
  readonly accessTokenMs?: number | undefined
  /** Between two live positions, in milliseconds. Default 400. */
  readonly positionEveryMs?: number | undefined
  /** Where the built page is. Default: where the script "build" leaves it. */
  readonly pageDirectory?: string | undefined
  /** More origins whose pages may call the GraphQL server, such as that of Vite's development server. */
  readonly origins?: readonly string[] | undefined
  readonly clock?: Clock | undefined
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}

/** The demo while it runs. */
export interface RunningDemo {
  /** Without a slash at its end. */
  readonly url: string
  readonly graphqlUrl: string
  readonly emulator: EmulatorServer
  readonly stop: () => Promise<void>
}

const host = '127.0.0.1'
// Whoever presses Ctrl+C does not want to wait.
const graceMs = 500

/**
 * Starts the demo on loopback: the page, the GraphQL server, and unless it is given one, an emulator.
 * @throws {Error} the page is not built, or the port cannot be used; the message says what to do
 */
export async function runDemo(options: RunDemoOptions): Promise<RunningDemo> {
  const { port = 3000, accessTokenMs = 30_000, pageDirectory = builtPage, clock, onError } = options
  if (!existsSync(join(pageDirectory, 'index.html')))
    throw new Error('The page of the GraphQL demo is not built: run its script "build" first.')
  const running = options.emulator ?? (await startEmulatorServer({ host }))
  const stops = options.emulator === undefined ? [running.close] : []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end()
  }
  try {
    running.emulator.travis.setLifetimes({ accessTokenMs })
    const pageOrigins: string[] = [...(options.origins ?? [])]
    const api = serveGraphQL({
      running,
      pageOrigins,
      clock,
      positionEveryMs: options.positionEveryMs,
      onError,
    })
    stops.push(api.close)
    const graphqlUrl = `${await listen(api.server, 0)}/graphql`
    const demo = createDemo({ running, graphqlUrl, accessTokenMs, pageDirectory, clock, onError })
    const server = createServer(demo.app)
    stops.push(() => closeGracefully(server, { disposables: [{ dispose: demo.close }], graceMs }))
    const url = await listen(server, port)
    pageOrigins.push(url, url.replace(host, 'localhost'))
    return { url, graphqlUrl, emulator: running, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Reads a port.
 * @throws {Error} it is none
 */
export function readPort(text = ''): number {
  if (text === '') return 3000
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new Error(`PORT must be a whole number from 0 to 65535, not "${text}".`)
}

// Beside `src` and beside the compiled `dist/run.js` alike.
const builtPage = fileURLToPath(new URL('../dist/page', import.meta.url))

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${error.code})`
      reject(new Error(`Port ${port} ${reason}: choose another one, such as PORT=3001.`))
    })
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`))
  })
}
