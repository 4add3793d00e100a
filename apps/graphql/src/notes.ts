const mostNotes = 1000

/** What customers noted about their vehicles, in this process's memory. Each sees only their own. */
export class Notes {
  readonly #notes = new Map<string, string>()

  get(username: string, vehicleId: string): string {
    return this.#notes.get(keyOf(username, vehicleId)) ?? ''
  }

  /** The oldest notes are forgotten when there are too many. */
  set(username: string, vehicleId: string, note: string): void {
    const key = keyOf(username, vehicleId)
    this.#notes.delete(key)
    this.#notes.set(key, note)
    const [oldest] = this.#notes.keys()
    if (this.#notes.size > mostNotes && oldest !== undefined) this.#notes.delete(oldest)
  }
}

function keyOf(username: string, vehicleId: string): string {
  return JSON.stringify([username, vehicleId])
}
