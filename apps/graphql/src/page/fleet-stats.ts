/** What happened since the page runs through one client. */
export interface FleetCounts {
  readonly operations: number
  readonly failed: number
  readonly events: number
  /** Events that came while no connection stood. */
  readonly missed: number
  /** Connections after the first one. */
  readonly reconnects: number
  readonly refreshes: number
}

const nothing: FleetCounts = { operations: 0, failed: 0, events: 0, missed: 0, reconnects: 0, refreshes: 0 }

/** Counts, and tells whoever listens. */
export class FleetStats {
  readonly #listeners = new Set<() => void>()
  #counts = nothing
  #connections = 0
  #lastNumber: number | undefined

  readonly getSnapshot = (): FleetCounts => this.#counts

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Counts anew from nothing. */
  readonly begin = (): void => {
    this.#connections = 0
    this.#lastNumber = undefined
    this.#counts = nothing
    this.#add({})
  }

  /** Runs one operation. Rejects as it does; that counts as long as somebody `isWaiting`. */
  readonly run = async <Answer>(
    operation: () => Promise<Answer>,
    isWaiting: () => boolean = () => true,
  ): Promise<Answer> => {
    this.#add({ operations: 1 })
    try {
      return await operation()
    } catch (error) {
      if (isWaiting()) this.failed()
      throw error
    }
  }

  /** An operation failed, or a subscription ended by itself. */
  readonly failed = (): void => this.#add({ failed: 1 })

  readonly refreshed = (): void => this.#add({ refreshes: 1 })

  readonly connected = (): void => {
    this.#connections += 1
    if (this.#connections > 1) this.#add({ reconnects: 1 })
  }

  /** Takes the number of an event; returns whether it is newer than all before it. */
  readonly received = (number: number): boolean => {
    const last = this.#lastNumber ?? number - 1
    if (number <= last) return false
    this.#lastNumber = number
    this.#add({ events: 1, missed: number - last - 1 })
    return true
  }

  #add(more: Partial<FleetCounts>): void {
    const counts = { ...this.#counts }
    for (const [name, by] of Object.entries(more)) counts[name as keyof FleetCounts] += by
    this.#counts = counts
    for (const listener of this.#listeners) listener()
  }
}
