/** The emulator's clock: the host's time plus whatever has been skipped. It never runs backwards. */
export class EmulatorClock {
  readonly #base: () => number
  #skippedMs = 0

  constructor(base: () => number = Date.now) {
    this.#base = base
  }

  /** Returns the emulator's time in epoch milliseconds. */
  now(): number {
    return this.#base() + this.#skippedMs
  }

  /**
   * Skips `ms` milliseconds.
   * @throws {RangeError} `ms` is negative or not a finite number
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`Cannot advance by ${ms} ms: give a finite number of milliseconds, 0 or more.`)
    }
    this.#skippedMs += ms
  }
}
