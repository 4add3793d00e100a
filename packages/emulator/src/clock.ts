/** Calls back after `ms` milliseconds; returns a function that cancels. */
export type Schedule = (callback: () => void, ms: number) => () => void

/** The end of the emulated time. Beyond the year 9999, dates have no ISO 8601 form that everybody reads. */
const latest = Date.parse('9999-12-31T23:59:59.999Z')

interface PlannedEvent {
  readonly at: number
  readonly run: () => void
}

/** The emulator's clock: the host's time plus whatever has been skipped. It stands still at the end of its time. */
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
    return this.#after(this.#skippedMs)
  }

  /**
   * Skips `ms` milliseconds. Events planned for the time in between run with the clock at their instant, all of them,
   * even if one throws.
   * @throws {RangeError} `ms` is negative or not a finite number, or the time would pass the end of the year 9999
   * @throws {AggregateError} several events threw; what a single one throws is thrown as it is
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
    const failures = this.#runUntil(this.#skippedMs + ms)
    if (failures.length > 1) throw new AggregateError(failures, 'Several planned actions threw.')
    if (failures.length === 1) throw failures[0]
  }

  /** Skips on until so much is skipped altogether, and returns what the events on the way threw. */
  #runUntil(targetMs: number): readonly unknown[] {
    const failures: unknown[] = []
    for (;;) {
      const event = this.#events.find(({ at }) => at <= this.#after(targetMs))
      if (!event) break
      this.#skippedMs = Math.max(this.#skippedMs, event.at - this.#base())
      try {
        this.#run(event)
      } catch (error) {
        failures.push(error)
      }
    }
    // An event may have advanced the clock further by itself.
    this.#skippedMs = Math.max(this.#skippedMs, targetMs)
    return failures
  }

  /**
   * Plans an event for an instant; returns a function that cancels it. Those of one instant run in their order.
   * @throws {RangeError} `at` is not a finite number
   */
  plan(at: number, run: () => void): () => void {
    // Nothing can be compared with NaN: it would run at once.
    if (!Number.isFinite(at)) {
      throw new RangeError(`Cannot plan for ${at}: give an instant in epoch milliseconds.`)
    }
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

  /** The time once so much has been skipped. */
  #after(skippedMs: number): number {
    return Math.min(this.#base() + skippedMs, latest)
  }

  #run(event: PlannedEvent): void {
    this.#events = this.#events.filter(other => other !== event)
    event.run()
  }
}
