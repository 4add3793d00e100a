import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunAnswer, RunCommand, RunMessage, RunRequest } from './lost-claim-worker.test-support.ts'

/** One process that works with many credentials, seen from outside. */
export class LostClaimProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: RunAnswer) => void>()
  readonly #paused = new Map<string, () => void>()
  #requests = 0
  #errors = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.on('data', data => (this.#errors += String(data)))
    child.on('message', message => this.#hear(message as RunMessage))
  }

  static async start(): Promise<LostClaimProcess> {
    const worker = new URL('lost-claim-worker.test-support.ts', import.meta.url)
    const child = fork(worker, [], {
      execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const process = new LostClaimProcess(child)
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', () => reject(new Error(`A process did not start: ${process.#errors.slice(-2000)}`)))
    })
    return process
  }

  get id(): number {
    return this.#child.pid!
  }

  /** Tells it something about one credential. */
  tell(run: string, command: RunCommand): Promise<RunAnswer> {
    const id = ++this.#requests
    return new Promise((resolve, reject) => {
      if (!this.#isAlive) reject(new Error(`A process has ended: ${this.#errors.slice(-2000)}`))
      this.#waiting.set(id, resolve)
      this.#child.send({ id, run, command } satisfies RunRequest)
    })
  }

  /** Resolves when the exchange of a credential has paused; ask before you tell it to pause. */
  untilPaused(run: string): Promise<void> {
    return new Promise(resolve => void this.#paused.set(run, resolve))
  }

  /** Stops the process where it stands: it neither runs nor ends. */
  stand(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Resolves when the system says that it stands; the kernel's word, because it cannot say so itself. */
  async untilStanding(): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      const status = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
      if (/\) T /.test(status)) return
      await wait(10)
    }
    throw new Error('A process does not stop.')
  }

  /** Wakes it. */
  wake(): void {
    this.#child.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    if (!this.#isAlive) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }

  get #isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #hear(message: RunMessage): void {
    if (message === 'ready') return
    if ('paused' in message) {
      this.#paused.get(message.paused)?.()
      this.#paused.delete(message.paused)
      return
    }
    this.#waiting.get(message.id)?.(message.answer)
    this.#waiting.delete(message.id)
  }
}
