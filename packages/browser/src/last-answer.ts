import type { Clock } from '@evergrant/core'

/** When the server last told who is signed in. */
export class LastAnswer {
  readonly #clock: Clock
  #wallAt = 0
  #monotonicAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** In milliseconds; the longer of both clocks counts. */
  get msAgo(): number {
    return Math.max(this.#clock.wall() - this.#wallAt, this.#clock.monotonic() - this.#monotonicAt)
  }

  note(): void {
    this.#wallAt = this.#clock.wall()
    this.#monotonicAt = this.#clock.monotonic()
  }
}
