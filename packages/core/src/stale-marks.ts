import type { Clock } from './clock.ts'

/** A store that failed is looked at again after this time, in milliseconds. */
const lookAgainMs = 1000

/** Counts a store's hints that a record may have changed, and which of them were followed. */
export class StaleMarks {
  readonly #clock: Clock
  #count = 0
  #seen = 0
  #failedAt: number = Number.NEGATIVE_INFINITY
  readonly #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get count(): number {
    return this.#count
  }

  add(): void {
    this.#count++
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Waits for the next hint, or for `mostMs`: whichever comes first. */
  wait(mostMs: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#clock.schedule(
        () => {
          this.#waiting.delete(wake)
          resolve()
        },
        mostMs,
        { keepsAlive: true },
      )
      const wake = (): void => {
        cancel()
        resolve()
      }
      this.#waiting.add(wake)
    })
  }

  /** Whether a hint was not followed yet. After a look that failed there is a pause. */
  get isStale(): boolean {
    return this.#count !== this.#seen && this.#clock.monotonic() - this.#failedAt >= lookAgainMs
  }

  /** A read that was sent at `count` has arrived: later hints still stand. Tells whether it followed one. */
  follow(count: number): boolean {
    const isNews = this.#seen !== count
    this.#seen = count
    return isNews
  }

  /** A write that was sent at `count` has arrived: its own echoes are no news, any other hint since then still is. */
  settle(count: number, echoes: 0 | 1): void {
    if (this.#count <= count + echoes) this.#seen = this.#count
  }

  fail(): void {
    this.#failedAt = this.#clock.monotonic()
  }
}
