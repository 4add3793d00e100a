import type { Clock } from '@evergrant/core'
import type { BrowserEvent } from './browser-event.ts'
import type { TabLocks } from './platform.ts'
import type { Tabs } from './tabs.ts'
import type { SharedToken, TokenMessage } from './token-message.ts'

/** How long other tabs may think about a question, in milliseconds. A frozen one never answers. */
const answerMs = 150

/** How long the lock is waited for while whoever holds it seems frozen, in milliseconds. */
const shortPatienceMs = 250

/** What {@link TabTurns} works with. */
export interface TabTurnsOptions {
  readonly tabs: Tabs
  readonly locks: () => TabLocks | undefined
  readonly clock: Clock
  readonly random: () => number
  /** How long the lock is waited for, in milliseconds. */
  readonly lockTimeoutMs: number
  readonly onEvent: (event: BrowserEvent) => void
}

interface Question {
  readonly askedAt: number
  /** How many tabs have not answered yet. */
  left: number
  readonly end: () => void
}

/** Lets tabs work in turn: a lock that one of them holds at a time, and questions to those who had it before. */
export class TabTurns {
  readonly #options: TabTurnsOptions
  readonly #questions = new Map<string, Question>()
  #name = ''
  #presence: AbortController | undefined
  #patienceMs: number

  constructor(options: TabTurnsOptions) {
    this.#options = options
    this.#patienceMs = options.lockTimeoutMs
  }

  /** Shows the others that this tab exists: a lock that all of them share. */
  enter(name: string): void {
    const { signal } = (this.#presence = new AbortController())
    this.#name = name
    const stay = (): Promise<void> =>
      new Promise(resolve => {
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    this.#options
      .locks()
      ?.request(`${name} tabs`, { mode: 'shared', signal }, stay)
      .catch(() => undefined)
  }

  leave(): void {
    this.#presence?.abort()
    for (const { end } of this.#questions.values()) end()
  }

  /** Asks who holds a newer token. Resolves once one has answered, all have said no, or `answerMs` have passed. */
  async ask(about: { signInId: string; scope: string; generation: number }): Promise<void> {
    const { clock, random, tabs } = this.#options
    const left = await this.#countOthers()
    if (left < 1) return
    const id = random().toString(36).slice(2) + random().toString(36).slice(2)
    await new Promise<void>(resolve => {
      const end = (): void => {
        cancel()
        this.#questions.delete(id)
        resolve()
      }
      const cancel = clock.schedule(end, answerMs, { keepsAlive: true })
      this.#questions.set(id, { askedAt: clock.monotonic(), left, end })
      if (!tabs.post({ type: 'ask', id, ...about })) end()
    })
  }

  /** Hears an answer. `adopt` takes a token, and since when it was sent on the monotonic clock; undefined: nobody knows. */
  hear(
    message: Exclude<TokenMessage, { type: 'ask' }>,
    adopt: (shared: SharedToken, sinceAt: number | undefined) => void,
  ): void {
    const { type, answers } = message
    const question = answers === undefined ? undefined : this.#questions.get(answers)
    // An answer to somebody else, or too late: how old it is, nobody here can tell.
    if (answers !== undefined && question === undefined) return
    if (type === 'token') adopt(message, question?.askedAt)
    if (question && (type === 'token' || --question.left <= 0)) question.end()
  }

  /**
   * Runs `work` while no other tab runs the same. Waits for the lock at most `lockTimeoutMs`, never steals it, and runs
   * `work(false)` without it then, or where the page knows no locks.
   */
  async alone(what: string, work: (hasLock: boolean) => Promise<void>): Promise<void> {
    const { clock, lockTimeoutMs, onEvent, locks } = this.#options
    const patience = new AbortController()
    const stopWaiting = clock.schedule(() => patience.abort(), this.#patienceMs, { keepsAlive: true })
    let isHeld = false
    try {
      await locks()?.request(`${this.#name} token ${what}`, { signal: patience.signal }, () => {
        stopWaiting()
        isHeld = true
        this.#patienceMs = lockTimeoutMs
        return work(true)
      })
    } catch (error) {
      if (isHeld) throw error
    }
    if (isHeld) return
    stopWaiting()
    if (patience.signal.aborted) {
      this.#patienceMs = Math.min(lockTimeoutMs, shortPatienceMs)
      onEvent({ type: 'lock-timed-out' })
    }
    await work(false)
  }

  async #countOthers(): Promise<number> {
    try {
      const held = (await this.#options.locks()?.query())?.held ?? []
      return held.filter(({ name }) => name === `${this.#name} tabs`).length - 1
    } catch {
      return 0
    }
  }
}
