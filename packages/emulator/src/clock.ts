/** Calls back after `ms` milliseconds; returns a function that cancels. */
export type Schedule = (callback: () => void, ms: number) => () => void

/** The end of the emulated time. Beyond the year 9999, dates have no ISO 8601 form that everybody reads. */
const latest = Date.parse('9999-12-31T23:59:59.999Z')

interface PlannedEvent {
  readonly at: number
  readonly run: () => void
}

/** The emulator's clock: the host's time plus whatever has been skipped. It never runs backwards. */
export class EmulatorClock {
  readonly #base: () => number
  #skippedMs = 0
  /** In the order in which they will run. */
  #events: readonly PlannedEvent[] = []

  constructor(base: () => number = Date.now) {
    this.#base = base
  }

  /** Returns the emulator's time in epoch milliseconds. */
  now(): number {
    return this.#base() + this.#skippedMs
  }

  /**
   * Skips `ms` milliseconds. Events planned for the time in between run with the clock at their instant.
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
    const target = this.#skippedMs + ms
    for (;;) {
      const event = this.#events.find(({ at }) => at <= this.#base() + target)
      if (!event) break
      this.#skippedMs = Math.max(this.#skippedMs, event.at - this.#base())
      this.#run(event)
    }
    // An event may have advanced the clock further by itself.
    this.#skippedMs = Math.max(this.#skippedMs, target)
  }

  /** Plans an event for an instant; returns a function that cancels it. Those of one instant run in their order. */
  plan(at: number, run: () => void): () => void {
    const event = { at, run }
    this.#events = [...this.#events, event].toSorted((left, right) => left.at - right.at)
    return () => {
      this.#events = this.#events.filter(other => other !== event)
    }
  }

  /** Runs the events whose instant has come because the host's time went on. */
  runDue(): void {
    for (;;) {
      const [event] = this.#events
      if (!event || event.at > this.now()) return
      this.#run(event)
    }
  }

  #run(event: PlannedEvent): void {
    this.#events = this.#events.filter(other => other !== event)
    event.run()
  }
}
