import { countPlatformWork, settle } from './platform-work.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/**
 * A clock that stands still until a test moves it. Fits `@evergrant/core`'s `Clock` by its shape, and imports nothing
 * of the engine, so that one bug cannot hide behind the same bug on the other side.
 */
export class VirtualClock {
  #wallOffsetMs: number
  #monotonicMs = 0
  #timers: Timer[] = []
  #order = 0

  /** Starts at `wallAt`, in epoch milliseconds. Default: noon of 2030-01-01 UTC. */
  constructor(wallAt: number = Date.UTC(2030, 0, 1, 12)) {
    this.#wallOffsetMs = wallAt
    countPlatformWork()
  }

  readonly wall = (): number => this.#wallOffsetMs + this.#monotonicMs

  readonly monotonic = (): number => this.#monotonicMs

  readonly schedule = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { at: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.push(timer)
    return () => void (this.#timers = this.#timers.filter(other => other !== timer))
  }

  /** How many timers are waiting. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /** The longest delay that is still waiting, in milliseconds; 0 without timers. */
  get longestDelayMs(): number {
    return Math.max(0, ...this.#timers.map(timer => timer.at - this.#monotonicMs))
  }

  /** Sets the wall clock alone, as an administrator or a time server does. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  /**
   * Lets `ms` pass on both clocks. Timers fire in their order, and after each one everything that became possible runs.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonicMs + ms
    await settle()
    for (;;) {
      const next = this.#timers
        .filter(timer => timer.at <= until)
        .toSorted((left, right) => left.at - right.at || left.order - right.order)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter(timer => timer !== next)
      this.#monotonicMs = Math.max(this.#monotonicMs, next.at)
      next.callback()
      await settle()
    }
    this.#monotonicMs = until
    await settle()
  }

  /** Moves time until `promise` settles, at most `limitMs`. Resolves or rejects as it does. */
  async runUntil<T>(promise: Promise<T>, limitMs = 120_000): Promise<T> {
    const state = { isSettled: false }
    const mark = (): void => void (state.isSettled = true)
    promise.then(mark, mark)
    await settle()
    for (let passedMs = 0; !state.isSettled && passedMs < limitMs; passedMs += 50) await this.advance(50)
    if (!state.isSettled) throw new Error(`The promise did not settle within ${limitMs} ms of virtual time.`)
    return promise
  }
}
