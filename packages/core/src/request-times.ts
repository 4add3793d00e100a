/** How many token requests the slowest is taken from. */
const measuredRequests = 8

/** How long the last token requests took. */
export class RequestTimes {
  readonly #tookMs: number[] = []

  note(tookMs: number): void {
    this.#tookMs.push(tookMs)
    if (this.#tookMs.length > measuredRequests) this.#tookMs.shift()
  }

  /** The slowest of them, in milliseconds; 0 without any. */
  get slowestMs(): number {
    return Math.max(0, ...this.#tookMs)
  }
}
