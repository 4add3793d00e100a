import { createServer } from 'node:http'
import { closeGracefully } from '@evergrant/express'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { chooseProviders, emulatedProviders } from './choose-providers.ts'
import type { Environment } from './choose-providers.ts'
import { EmulatorFaults } from './emulator-faults.ts'
import { createGateway } from './gateway.ts'
import { listen } from './listen.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
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
      faults: running && new EmulatorFaults(running.emulator),
      onError,
    })
    const server = createServer(gateway.app)
    const notice = describeEmulated(emulated)
    const url = await listen(server, port, 'choose another one, such as PORT=3001.')
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
 * Reads a port; `fallback` where there is none.
 * @throws {Error} it is none, or higher than `highest`
 */
export function readPort(text = '', fallback = 3000, highest = 65_535): number {
  if (text === '') return fallback
  if (/^\d{1,5}$/.test(text) && Number(text) <= highest) return Number(text)
  throw new Error(`PORT must be a whole number from 0 to ${highest}, not "${text}".`)
}

/** Says which providers are emulated. */
export function describeEmulated(emulated: readonly ProviderName[]): string {
  if (emulated.length === 0) return 'All providers are real.'
  if (emulated.length === providerNames.length) return 'All providers are emulated: no credentials are set.'
  return `Emulated: ${emulated.map(name => resources[name].title).join(', ')}. The others are real.`
}
