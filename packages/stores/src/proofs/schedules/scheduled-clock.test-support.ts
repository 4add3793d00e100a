import type { Clock } from '@evergrant/core'
import type { VirtualClock } from '@evergrant/testing'

/** One machine's clock on the common time: its wall clock is wrong, and its monotonic clock sleeps with the machine. */
export class MachineClock implements Clock {
  readonly #time: VirtualClock
  readonly #skewMs: number
  #sleptMs = 0
  #asleep: { readonly from: number; readonly until: number } | undefined

  constructor(time: VirtualClock, skewMs: number) {
    this.#time = time
    this.#skewMs = skewMs
  }

  readonly wall = (): number => this.#time.wall() + this.#skewMs

  readonly monotonic = (): number => (this.#asleep?.from ?? this.#time.monotonic()) - this.#sleptMs

  readonly schedule = (callback: () => void, delayMs: number): (() => void) => {
    const dueAt = this.monotonic() + Math.max(0, delayMs)
    const wake = (): void => {
      const untilAwakeMs = this.#asleep ? this.#asleep.until - this.#time.monotonic() : 0
      const leftMs = untilAwakeMs + dueAt - this.monotonic()
      if (leftMs > 0) cancel = this.#time.schedule(wake, leftMs)
      else callback()
    }
    let cancel = this.#time.schedule(wake, delayMs)
    return () => cancel()
  }

  /** Lets time pass for everybody else. */
  async sleep(ms: number): Promise<void> {
    const from = this.#time.monotonic()
    this.#asleep = { from, until: from + ms }
    await this.#time.advance(ms)
    this.#asleep = undefined
    this.#sleptMs += ms
  }
}
