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

/** Options of {@link runDemo}. */
export interface RunDemoOptions {
  /** Default 3000; 0 takes any free one. */
  readonly port?: number | undefined
  /** An emulator that runs already, and goes on when the demo stops. Default: one of its own. */
  readonly emulator?: EmulatorServer | undefined
  /** Where the built page is. Default: where the script "build" leaves it. */
  readonly pageDirectory?: string | undefined
  /** More origins whose pages may call the emulated API, such as that of Vite's development server. */
  readonly origins?: readonly string[] | undefined
  readonly clock?: Clock | undefined
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}

/** The demo while it runs. */
export interface RunningDemo {
  /** Without a slash at its end. */
  readonly url: string
  readonly emulator: EmulatorServer
  readonly stop: () => Promise<void>
}

const host = '127.0.0.1'
// Whoever presses Ctrl+C does not want to wait.
const graceMs = 500

/**
 * Starts the demo on loopback.
 * @throws {Error} the page is not built, or the port cannot be used; the message says what to do
 */
export async function runDemo(options: RunDemoOptions): Promise<RunningDemo> {
  const { port = 3000, pageDirectory = builtPage, clock, origins = [], onError } = options
  if (!existsSync(join(pageDirectory, 'index.html')))
    throw new Error('The page of the React demo is not built: run its script "build" first.')
  const running = options.emulator ?? (await startEmulatorServer({ host }))
  const own = options.emulator === undefined ? running : undefined
  try {
    const demo = createDemo({ running, pageDirectory, clock, onError })
    const server = createServer(demo.app)
    const url = await listen(server, port)
    // In mediated mode the page calls the API itself, which lives at another origin.
    running.emulator.travis.setPageOrigins([url, url.replace(host, 'localhost'), ...origins])
    return {
      url,
      emulator: running,
      stop: async () => {
        await closeGracefully(server, { disposables: [{ dispose: demo.close }], graceMs })
        await own?.close()
      },
    }
  } catch (error) {
    await own?.close()
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
