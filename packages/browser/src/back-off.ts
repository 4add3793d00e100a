import type { Clock } from '@evergrant/core'
import type { EvergrantError } from '@evergrant/core/source'

/** The longest pause that is chosen here, in milliseconds. A caller can wait for its end. */
const longestPauseMs = 10_000

/** The longest `Retry-After` that is believed, in milliseconds. */
const longestRetryAfterMs = 3_600_000

/** The pauses of a server that fails: they grow, with chance, and never end before its `Retry-After`. */
export class BackOff {
  /** Why there is a pause; undefined: the last attempt succeeded. */
  error: EvergrantError | undefined
  readonly #clock: Clock
  readonly #random: () => number
  #attempts = 0
  #until = 0
  readonly #waiting = new Set<() => void>()

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Until the next attempt, in milliseconds; 0: at once. */
  get remainingMs(): number {
    return Math.max(0, this.#until - this.#clock.monotonic())
  }

  /** An attempt failed. */
  fail(error: EvergrantError): void {
    const { retryAt } = error as { retryAt?: number | undefined }
    const ceilingMs = Math.min(longestPauseMs, 1000 * 2 ** Math.min(this.#attempts++, 10))
    const askedMs = retryAt === undefined ? 0 : Math.min(longestRetryAfterMs, retryAt - this.#clock.wall())
    const pauseMs = Math.max(ceilingMs * (0.5 + this.#random() / 2), askedMs)
    this.error = error
    this.#until = this.#clock.monotonic() + pauseMs
  }

  /** An attempt succeeded. */
  succeed(): void {
    this.error = undefined
    this.#attempts = 0
    this.end()
  }

  /** The network is back: whoever was not heard may speak again. A server that asked for patience still gets it. */
  hurry(): void {
    if (this.error?.code === 'network_error' || this.error?.code === 'network_timeout') this.end()
  }

  /** Ends the pause, and what is still waiting for its end. */
  end(): void {
    this.#until = 0
    for (const resume of this.#waiting) resume()
  }

  /** Resolves when the next attempt is due, if that is soon and may help; false: it is not worth waiting for. */
  async wait(): Promise<boolean> {
    const { remainingMs } = this
    if (!this.error?.isTransient || remainingMs > longestPauseMs) return false
    await this.pause()
    return true
  }

  /** Resolves at the end of the pause. */
  async pause(): Promise<void> {
    await new Promise<void>(resolve => {
      const resume = (): void => {
        cancel()
        this.#waiting.delete(resume)
        resolve()
      }
      const cancel = this.#clock.schedule(resume, this.remainingMs, { keepsAlive: true })
      this.#waiting.add(resume)
    })
  }
}
