import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeGracefully } from '@evergrant/express'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { chooseProviders, emulatedProviders } from './choose-providers.ts'
import type { Environment } from './choose-providers.ts'
import { createGateway } from './gateway.ts'
import { providerNames } from './provider-name.ts'
import { resources } from './resources.ts'

/** The gateway while it runs. */
export interface RunningGateway {
  readonly url: string
  /** Two lines for a person: where the gateway is, and which providers are emulated. */
  readonly banner: string
  /** The second of them. */
  readonly notice: string
  /** Stops listening, lets running requests end for a moment, and ends the emulator. */
  readonly stop: () => Promise<void>
}

const host = '127.0.0.1'
// Whoever presses Ctrl+C does not want to wait for a slow API.
const graceMs = 500

/**
 * Starts the gateway on loopback, and the emulator beside it if a provider has no credentials in `env` and there is no
 * `shared` one. A shared emulator goes on when the gateway stops.
 * @throws {Error} the port cannot be used, or the environment is incomplete; the message says what to do
 */
export async function runGateway(
  env: Environment,
  onError: (error: unknown) => void,
  shared?: EmulatorServer,
): Promise<RunningGateway> {
  const port = readPort(env['PORT'])
  const emulated = emulatedProviders(env)
  const own = emulated.length > 0 && shared === undefined ? await startEmulatorServer({ host }) : undefined
  const running = emulated.length > 0 ? (shared ?? own) : undefined
  try {
    const gateway = createGateway({
      providers: chooseProviders(env, running),
      emulator: running?.emulator,
      onError,
    })
    const server = createServer(gateway.app)
    const notice = describe(emulated.map(name => resources[name].title))
    const url = await listen(server, port)
    return {
      url,
      banner: `${url}\n${notice}`,
      notice,
      stop: async () => {
        await closeGracefully(server, { disposables: [{ dispose: gateway.close }], graceMs })
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

function describe(titles: readonly string[]): string {
  if (titles.length === 0) return 'All providers are real.'
  if (titles.length === providerNames.length) return 'All providers are emulated: no credentials are set.'
  return `Emulated: ${titles.join(', ')}. The others are real.`
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)))
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`))
  })
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  const advice = 'choose another one, such as PORT=3001.'
  if (error.code === 'EADDRINUSE')
    return new Error(`Port ${port} is already in use: stop what uses it, or ${advice}`)
  if (error.code === 'EACCES') return new Error(`Port ${port} may not be used by this user: ${advice}`)
  return new Error(`Port ${port} cannot be opened (${error.code ?? error.message}): ${advice}`)
}
