import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeathAnswer, DeathCommand, DeathTask } from './death-users.test-support.ts'
import type { DeathAnnouncement } from './death-worker.test-support.ts'

/** How a process ended. */
export interface DeathEnd {
  readonly how: string
  /** By the machine's clock, in epoch milliseconds. */
  readonly diedAt: number
}

/** One process that takes commands, and may die of one. */
export class DeathProcess {
  /** Called before a write that is to be cut; the process waits for it. */
  onAnnounce: ((writeId: string) => void) | undefined
  readonly ended: Promise<DeathEnd>
  readonly #child: ChildProcess
  readonly #answers: ((answer: DeathAnswer | undefined) => void)[] = []
  #diedAt = ''
  #errors = ''

  private constructor(child: ChildProcess, onReady: () => void) {
    this.#child = child
    child.stdout?.on('data', data => (this.#diedAt += String(data)))
    child.stderr?.on('data', data => (this.#errors += String(data)))
    child.on('message', message => {
      if (message === 'ready') return onReady()
      if (!('writeId' in (message as object))) return this.#answers.shift()?.(message as DeathAnswer)
      this.onAnnounce?.((message as DeathAnnouncement).writeId)
      child.send('go on', () => undefined)
    })
    // Not "exit": what the process wrote last is still to be read then.
    this.ended = new Promise(resolve => {
      child.once('close', (code, signal) => {
        for (const answer of this.#answers.splice(0)) answer(undefined)
        resolve({ how: signal ?? `exit ${code}`, diedAt: Number(this.#diedAt) || Date.now() })
      })
    })
  }

  /** Starts it, and waits until its store is open. */
  static async start(task: DeathTask): Promise<DeathProcess> {
    const worker = new URL('death-worker.test-support.ts', import.meta.url)
    const child = fork(worker, [JSON.stringify(task)], {
      execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Hundreds of processes start, and all of them compile the same.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'evergrant-deaths-compiled') },
    })
    return new Promise((resolve, reject) => {
      const started = new DeathProcess(child, () => resolve(started))
      void started.ended.then(({ how }) => reject(new Error(`No start: ${how}. ${started.errors}`)))
    })
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it wrote about itself when it failed. */
  get errors(): string {
    return this.#errors.slice(-2000)
  }

  /** Tells it something. Undefined: it ended before it answered. */
  tell(command: DeathCommand): Promise<DeathAnswer | undefined> {
    if (!this.isAlive) return Promise.resolve(undefined)
    return new Promise(resolve => {
      this.#answers.push(resolve)
      this.#child.send(command, () => undefined)
    })
  }

  /** Sends it a signal; it need not be awaited. */
  signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    if (signal === 'SIGKILL') this.#diedAt = String(Date.now())
    this.#child.kill(signal)
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return
    this.#child.kill('SIGKILL')
    await this.ended
  }
}
