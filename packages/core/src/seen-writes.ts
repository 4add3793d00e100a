import type { Claim } from './token-record.ts'

/** So many etags are remembered of a record that was replaced. */
const mostReplaced = 8

/** What this process has seen of others' writes, so that a store that loses some does not fool it. */
export class SeenWrites {
  readonly #replaced: string[] = []
  #claim: { readonly id: string; readonly monotonicAt: number } | undefined

  /** Notes that another etag stands where `etag` stood. */
  noteReplaced(etag: string): void {
    this.#replaced.push(etag)
    if (this.#replaced.length > mostReplaced) this.#replaced.shift()
  }

  /** Whether that write was replaced: a store that shows it again has lost what came after. */
  wasReplaced(etag: string): boolean {
    return this.#replaced.includes(etag)
  }

  /**
   * How long a claim must still be waited for, in milliseconds. Counted from when this process first saw it: no two
   * machines' clocks are ever compared. A store that has lost the claim does not end it.
   */
  remainingMs({ id, holdMs }: Claim, now: number): number {
    if (this.#claim?.id !== id) this.#claim = { id, monotonicAt: now }
    return Math.max(0, this.#claim.monotonicAt + holdMs - now)
  }
}
