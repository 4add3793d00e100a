import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { chooseProviders } from './choose-providers.ts'
import type { Environment, RunningEmulator } from './choose-providers.ts'
import { EmulatorFaults } from './emulator-faults.ts'
import { createGateway } from './gateway.ts'

/** A gateway and an emulator on free ports, with one clock that tests move. */
export interface TestGateway {
  readonly url: string
  readonly emulator: Emulator
  /** What the gateway did not expect. */
  readonly faults: readonly unknown[]
  /** Moves the clock of both. */
  readonly skip: (ms: number) => void
  readonly close: () => Promise<void>
}

/** Starts both. With `env`, the providers it names are real; it may point them at the emulator. */
export async function startTestGateway(
  options: {
    readonly env?: Environment | ((running: RunningEmulator) => Environment)
    readonly timeoutMs?: number
  } = {},
): Promise<TestGateway> {
  let skippedMs = 0
  const clock: Clock = {
    wall: () => systemClock.wall() + skippedMs,
    monotonic: () => systemClock.monotonic() + skippedMs,
    schedule: (callback, delayMs) => systemClock.schedule(callback, delayMs),
  }
  const emulator = createEmulator({ now: () => clock.wall() })
  const running = await startEmulatorServer({ emulator })
  const faults: unknown[] = []
  const env = typeof options.env === 'function' ? options.env(running) : options.env
  const providers = chooseProviders(env ?? {}, running)
  const onError = (error: unknown): void => void faults.push(error)
  const faultsOfProviders = new EmulatorFaults(emulator)
  const gateway = createGateway({
    providers,
    faults: faultsOfProviders,
    clock,
    onError,
    timeoutMs: options.timeoutMs,
  })
  const server = createServer(gateway.app)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    emulator,
    faults,
    skip: ms => void (skippedMs += ms),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await running.close()
      await gateway.close()
    },
  }
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** A browser: it keeps cookies, and its page sends what the gateway's own page sends. */
export class Browser {
  readonly #url: string
  #cookie: string | undefined

  constructor(url: string, cookie?: string) {
    this.#url = url
    this.#cookie = cookie
  }

  get cookie(): string | undefined {
    return this.#cookie
  }

  get(path: string, headers: Readonly<Record<string, string>> = { 'x-evergrant': '1' }): Promise<Answer> {
    return this.#send(path, { headers })
  }

  /** Posts JSON as the gateway's page does; `headers` replace the page's, an empty one takes it away. */
  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const own = { 'content-type': 'application/json', 'x-evergrant': '1', origin: this.#url }
    const sent = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== '')
    return this.#send(path, { method: 'POST', body: JSON.stringify(body), headers: Object.fromEntries(sent) })
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (this.#cookie !== undefined) headers.set('cookie', this.#cookie)
    const response = await fetch(this.#url + path, { ...init, headers })
    const set = response.headers.get('set-cookie')
    if (set !== null) this.#cookie = set.includes('Max-Age=0') ? undefined : set.split(';')[0]
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
}
