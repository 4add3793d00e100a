import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { parseRecord } from '@evergrant/core/record'
import type { TokenRecord } from '@evergrant/core/record'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import type { FleetAnswer, FleetCommand, FleetTask } from './fleet-worker.test-support.ts'

/** How long an access token lives in a fleet, in milliseconds. */
export const lifetimeMs = 60_000

/** Many processes, one credential, one store, and a server that ends the session when a refresh token comes twice. */
export class Fleet {
  readonly #server: EmulatorServer
  readonly #address: StoreAddress
  readonly #members: FleetMember[] = []
  #aheadMs = 0

  private constructor(server: EmulatorServer, address: StoreAddress) {
    this.#server = server
    this.#address = address
  }

  static async start(address: StoreAddress): Promise<Fleet> {
    const server = await startEmulatorServer()
    const { travis } = server.emulator
    travis.configure({ rotation: 'reuse-detection' })
    travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
    return new Fleet(server, address)
  }

  /** Adds a process, which begins with what the store holds. */
  async add(options: { timeoutMs?: number; holdMs?: number } = {}): Promise<FleetMember> {
    const { url, emulator } = this.#server
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(url)
    const task: FleetTask = {
      ...emulator.travis.credentials.customers[0],
      tokenEndpoint,
      apiUrl,
      address: this.#address,
      aheadMs: this.#aheadMs,
      timeoutMs: 20_000,
      holdMs: 25_000,
      ...options,
    }
    const member = await FleetMember.start(task)
    this.#members.push(member)
    return member
  }

  /** Lets a token's life pass, for the server and for every process. */
  async expire(): Promise<void> {
    const byMs = lifetimeMs + 1000
    this.#aheadMs += byMs
    this.#server.emulator.advance(byMs)
    const alive = this.#members.filter(member => member.isAlive)
    await Promise.all(alive.map(member => member.tell({ do: 'advance', aheadMs: this.#aheadMs })))
  }

  /** Asks all processes at once, each with so many callers. */
  async ask(callers: number): Promise<FleetAnswer> {
    const answers = await Promise.all(this.#members.map(member => member.tell({ do: 'ask', callers })))
    return {
      tokens: [...new Set(answers.flatMap(({ tokens }) => tokens))],
      errors: [...new Set(answers.flatMap(({ errors }) => errors))],
    }
  }

  /** The answers of the token endpoint: grant type and status. */
  get exchanges(): readonly string[] {
    const entries = this.#server.emulator.journal.entries({ kind: 'token' })
    return entries.map(({ grantType, status }) => `${grantType} ${status}`)
  }

  /** What the store holds, seen through another connection. */
  async record(): Promise<TokenRecord> {
    const { store, close } = await connectStore(this.#address)
    try {
      const keys: string[] = []
      for await (const key of store.keys?.() ?? []) keys.push(key)
      const stored = await store.read(keys[0] ?? '')
      return parseRecord(stored?.payload.split('\n')[0] ?? '')
    } finally {
      await close()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(member => member.stop()))
    await this.#server.close()
  }
}

/** One process. */
export class FleetMember {
  readonly #child: ChildProcess
  #errors = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.on('data', data => (this.#errors += String(data)))
  }

  static async start(task: FleetTask): Promise<FleetMember> {
    const worker = new URL('fleet-worker.test-support.ts', import.meta.url)
    const child = fork(worker, [JSON.stringify(task)], {
      execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const member = new FleetMember(child)
    await member.#answer()
    return member
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async tell(command: FleetCommand): Promise<FleetAnswer> {
    this.#child.send(command)
    return (await this.#answer()) as FleetAnswer
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`A process of the fleet ended: ${this.#errors.slice(-2000)}`))
      this.#child.once('exit', fail)
      this.#child.once('message', answer => {
        this.#child.off('exit', fail)
        resolve(answer)
      })
    })
  }
}
