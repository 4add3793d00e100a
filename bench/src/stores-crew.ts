import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import type { StoreAddress } from '../../packages/stores/src/proofs/connect-store.test-support.ts'
import { lifetimeMs } from '../../packages/stores/src/proofs/fleet/fleet.test-support.ts'
import type { SubjectTask } from './stores-subject.ts'
import type { ExpiryAnswer, StoresCommand, WorkerMessage } from './stores-worker.ts'

/** No command takes longer; a process that does not answer by then never does. */
const longestMs = 60_000

/** One process that can be told what to do, several things at once. */
export class StoresProcess {
  readonly #child: ChildProcess
  #commands = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.setMaxListeners(50)
  }

  static async start(): Promise<StoresProcess> {
    const child = fork(join(import.meta.dirname, 'stores-worker.ts'), [], {
      execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
    })
    const started = new StoresProcess(child)
    await started.#message(({ isReady }) => isReady === true)
    return started
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves to the answer; rejects if the command failed or the process ended. */
  async tell(command: StoresCommand): Promise<unknown> {
    const id = ++this.#commands
    const answered = this.#message(message => message.id === id)
    this.#child.send({ id, command })
    const { answer, error } = await answered
    if (error !== undefined) throw new Error(error)
    return answer
  }

  /** Resolves when the process meets its fate. */
  async metFate(): Promise<void> {
    await this.#message(({ reached }) => reached !== undefined)
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }

  /** The next message of a kind. */
  #message(isWanted: (message: WorkerMessage) => boolean): Promise<WorkerMessage> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        this.#child.off('exit', fail).off('message', look)
      }
      const fail = (): void => {
        leave()
        reject(new Error('The process ended, or did not answer.'))
      }
      const look = (message: unknown): void => {
        if (!isWanted(message as WorkerMessage)) return
        leave()
        resolve(message as WorkerMessage)
      }
      const timer = setTimeout(fail, longestMs)
      this.#child.on('exit', fail).on('message', look)
    })
  }
}

/** What the processes of a crew work with. */
export interface CrewTask {
  readonly kind: SubjectTask['kind']
  readonly address: StoreAddress
  readonly timeoutMs: number
  readonly holdMs: number
}

/** Processes that share one credential, and their authorization server, which forgives no replay. */
export class StoresCrew {
  readonly server: EmulatorServer
  readonly processes: readonly StoresProcess[]
  #aheadMs = 0

  private constructor(server: EmulatorServer, processes: readonly StoresProcess[]) {
    this.server = server
    this.processes = processes
  }

  /** Lets processes begin anew, one of them sign in, and all of them learn of it. */
  static async open(processes: readonly StoresProcess[], crew: CrewTask): Promise<StoresCrew> {
    const server = await startEmulatorServer()
    const { travis } = server.emulator
    travis.configure({ rotation: 'reuse-detection' })
    travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
    const { tokenEndpoint, apiUrl } = travis.endpoints(server.url)
    const task: SubjectTask = { ...travis.credentials.customers[0], tokenEndpoint, apiUrl, ...crew }
    const opened = new StoresCrew(server, processes)
    await opened.tellAll({ do: 'open', task, aheadMs: 0 })
    await opened.#signIn()
    await opened.ask(nowMs(), 1)
    return opened
  }

  // The first request of a process that has just started may take longer than it has patience for.
  async #signIn(tries = 3): Promise<void> {
    await this.processes[0]?.tell({ do: 'sign-in' }).catch(async (error: unknown) => {
      if (tries === 1) throw error
      await this.#signIn(tries - 1)
    })
  }

  /** Tells all at once; answers in their order. */
  tellAll(command: StoresCommand): Promise<unknown[]> {
    return Promise.all(this.processes.map(member => member.tell(command)))
  }

  /** Ends the token's life for the server at once; for the processes with what they are asked next. */
  expire(): void {
    const byMs = lifetimeMs + 1000
    this.#aheadMs += byMs
    this.server.emulator.advance(byMs)
  }

  /** Asks every process that lives at one instant, each with so many callers. */
  async ask(at: number, callers: number): Promise<ExpiryAnswer[]> {
    const answers = await Promise.all(this.processes.map((_, index) => this.askOne(index, at, callers)))
    return answers.filter(answer => answer !== undefined)
  }

  /** Asks one process at an instant; undefined: it is dead, or died of it. */
  async askOne(index: number, at: number, callers: number): Promise<ExpiryAnswer | undefined> {
    const member = this.processes[index]
    if (!member?.isAlive) return undefined
    const asked = member.tell({ do: 'expire', aheadMs: this.#aheadMs, at, callers })
    return asked.catch(() => undefined) as Promise<ExpiryAnswer | undefined>
  }

  /** The answers of the token endpoint since the journal was cleared. */
  get answers(): readonly number[] {
    return this.server.emulator.journal.entries({ kind: 'token' }).map(({ status }) => status)
  }

  async close(): Promise<void> {
    const alive = this.processes.filter(member => member.isAlive)
    await Promise.allSettled(alive.map(member => member.tell({ do: 'close' })))
    await this.server.close()
  }
}

/** The machine's monotonic clock, which all its processes share, in milliseconds. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
