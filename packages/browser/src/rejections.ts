import { rejectionSlotMs } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { HeldToken } from './held-token.ts'

/** How often in a row an API refused fresh tokens: then a new one is no answer, and refreshes become rare. */
export class Rejections {
  readonly #clock: Clock
  #count = 0
  #at = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Until a refusal may cause the next refresh, in milliseconds. */
  get waitMs(): number {
    if (this.#count === 0) return 0
    return Math.max(0, this.#at + rejectionSlotMs(this.#count) - this.#clock.monotonic())
  }

  /** A refused token was replaced. */
  note({ forgivesRejections }: HeldToken): void {
    this.#count = forgivesRejections ? 1 : this.#count + 1
    this.#at = this.#clock.monotonic()
  }
}
