import type { BrowserEvent } from '@evergrant/browser'

/** Something that happened, and when. */
export interface LoggedEvent {
  readonly id: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: BrowserEvent
}

const mostEvents = 5
const none: readonly LoggedEvent[] = []

/** The last events of one set of tokens in this page, the newest first. */
export class EventLog {
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  #events = none
  #count = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  readonly add = (event: BrowserEvent): void => {
    this.#count += 1
    this.#events = [{ id: this.#count, at: this.#now(), event }, ...this.#events].slice(0, mostEvents)
    for (const listener of this.#listeners) listener()
  }

  readonly getSnapshot = (): readonly LoggedEvent[] => this.#events

  readonly getServerSnapshot = (): readonly LoggedEvent[] => none

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
