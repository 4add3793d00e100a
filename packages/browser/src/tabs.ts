import type { Clock } from '@evergrant/core'
import type { TabChannel, TabLocks } from './platform.ts'
import { readMessage } from './tab-message.ts'
import type { TabMessage } from './tab-message.ts'

/** How long other tabs may think about a question, in milliseconds. A frozen one never answers. */
const answerMs = 150

/** How long the lock is waited for while whoever holds it seems frozen, in milliseconds. */
const shortPatienceMs = 250

/** What {@link Tabs} works with. */
export interface TabsOptions {
  readonly createChannel: ((name: string) => TabChannel) | undefined
  readonly locks: () => TabLocks | undefined
  readonly clock: Clock
  readonly random: () => number
  /** How long the lock is waited for, in milliseconds. */
  readonly lockTimeoutMs: number
  /** Takes a message of another tab. `sinceAt`: it was sent at this monotonic time or later; undefined: nobody knows. */
  readonly receive: (message: TabMessage, sinceAt: number | undefined) => void
  readonly onLockTimeout: () => void
}

interface Question {
  readonly askedAt: number
  /** How many tabs have not answered yet. */
  left: number
  readonly end: () => void
}

/** The other tabs of this origin: a channel to talk on, and a lock that one of them holds at a time. */
export class Tabs {
  readonly #options: TabsOptions
  readonly #questions = new Map<string, Question>()
  #name = ''
  #channel: TabChannel | undefined
  #presence: AbortController | undefined
  #patienceMs: number

  constructor(options: TabsOptions) {
    this.#options = options
    this.#patienceMs = options.lockTimeoutMs
  }

  get isOpen(): boolean {
    return this.#presence !== undefined
  }

  /** Begins to listen, and shows the others that this tab exists. */
  open(name: string): void {
    if (this.isOpen) return
    const { createChannel, locks } = this.#options
    const presence = new AbortController()
    this.#name = name
    this.#presence = presence
    this.#channel = createChannel?.(name)
    this.#channel?.addEventListener('message', ({ data }) => this.#take(data))
    const { signal } = presence
    const stay = (): Promise<void> =>
      new Promise(resolve => {
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    locks()
      ?.request(`${name} tabs`, { mode: 'shared', signal }, stay)
      .catch(() => undefined)
  }

  /** Leaves: a page with neither channel nor lock may enter the back-forward cache. */
  close(): void {
    this.#presence?.abort()
    this.#presence = undefined
    this.#channel?.close()
    this.#channel = undefined
    for (const { end } of this.#questions.values()) end()
  }

  /** Tells the other tabs. */
  post(message: TabMessage): void {
    try {
      this.#channel?.postMessage(message)
    } catch {
      // A channel that closed meanwhile: the others find out by themselves.
    }
  }

  /** Asks who holds a newer token. Resolves once one has answered, all have said no, or `answerMs` have passed. */
  async ask(about: { signInId: string; scope: string; generation: number }): Promise<void> {
    const { clock, random } = this.#options
    const left = await this.#countOthers()
    if (left < 1 || this.#channel === undefined) return
    const id = random().toString(36).slice(2) + random().toString(36).slice(2)
    await new Promise<void>(resolve => {
      const cancel = clock.schedule(() => end(), answerMs, { keepsAlive: true })
      const end = (): void => {
        cancel()
        this.#questions.delete(id)
        resolve()
      }
      this.#questions.set(id, { askedAt: clock.monotonic(), left, end })
      this.post({ type: 'ask', id, ...about })
    })
  }

  /**
   * Runs `work` while no other tab runs the same. Waits for the lock at most `lockTimeoutMs`, never steals it, and runs
   * `work(false)` without it then, or where the page knows no locks.
   */
  async alone(what: string, work: (hasLock: boolean) => Promise<void>): Promise<void> {
    const locks = this.#options.locks()
    if (locks === undefined) return work(false)
    const { clock, lockTimeoutMs, onLockTimeout } = this.#options
    const patience = new AbortController()
    const stopWaiting = clock.schedule(() => patience.abort(), this.#patienceMs, { keepsAlive: true })
    let isHeld = false
    try {
      await locks.request(`${this.#name} ${what}`, { signal: patience.signal }, () => {
        stopWaiting()
        isHeld = true
        this.#patienceMs = lockTimeoutMs
        return work(true)
      })
    } catch (error) {
      if (isHeld) throw error
      stopWaiting()
      if (patience.signal.aborted) {
        this.#patienceMs = Math.min(lockTimeoutMs, shortPatienceMs)
        onLockTimeout()
      }
      await work(false)
    }
  }

  async #countOthers(): Promise<number> {
    const name = `${this.#name} tabs`
    try {
      const held = (await this.#options.locks()?.query())?.held ?? []
      return held.filter(lock => lock.name === name).length - 1
    } catch {
      return 0
    }
  }

  #take(data: unknown): void {
    const message = readMessage(data)
    if (message === undefined) return
    const answers = message.type === 'none' || message.type === 'token' ? message.answers : undefined
    const question = answers === undefined ? undefined : this.#questions.get(answers)
    // An answer to somebody else, or too late: how old it is, nobody here can tell.
    if (answers !== undefined && question === undefined) return
    if (message.type !== 'none') this.#options.receive(message, question?.askedAt)
    if (question && (message.type === 'token' || --question.left <= 0)) question.end()
  }
}
