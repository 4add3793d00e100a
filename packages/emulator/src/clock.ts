/** The end of the emulated time. Beyond the year 9999, dates have no ISO 8601 form that everybody reads. */
const latest = Date.parse('9999-12-31T23:59:59.999Z')

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
   * @throws {RangeError} `ms` is negative or not a finite number, or the time would pass the end of the year 9999
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`Cannot advance by ${ms} ms: give a finite number of milliseconds, 0 or more.`)
    }
    if (this.now() + ms > latest) {
      const most = Math.max(0, Math.floor(latest - this.now()))
      throw new RangeError(
        `Cannot advance by ${ms} ms: the emulated time ends with the year 9999, in ${most} ms.`,
      )
    }
    this.#skippedMs += ms
  }
}
