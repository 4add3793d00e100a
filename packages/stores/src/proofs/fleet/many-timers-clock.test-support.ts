import type { Clock } from '@evergrant/core'
import { settle } from '@evergrant/testing'

interface Timer {
  readonly at: number
  readonly order: number
  callback: (() => void) | undefined
}

/**
 * A virtual clock for a hundred thousand timers: a heap, and all timers of one instant fire before anything settles. Else
 * as `VirtualClock` of `@evergrant/testing`, which sorts its timers whenever one fires.
 */
export class ManyTimersClock implements Clock {
  readonly #startAt = Date.UTC(2030, 0, 1, 12)
  readonly #heap: Timer[] = []
  #nowMs = 0
  #order = 0

  readonly wall = (): number => this.#startAt + this.#nowMs

  readonly monotonic = (): number => this.#nowMs

  readonly schedule = (callback: () => void, delayMs: number): (() => void) => {
    const timer: Timer = { at: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#push(timer)
    return () => void (timer.callback = undefined)
  }

  /** Lets `ms` pass. After the timers of an instant, everything that became possible runs. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms
    await settle()
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#nowMs = next.at
      if (this.#fireAll(next.at)) await settle()
    }
    this.#nowMs = until
  }

  #fireAll(at: number): boolean {
    let hasFired = false
    while (this.#heap[0]?.at === at) {
      const { callback } = this.#pop()
      hasFired ||= callback !== undefined
      callback?.()
    }
    return hasFired
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timer, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = timer
  }

  #pop(): Timer {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    return first!
  }

  #sink(timer: Timer): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, timer)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = timer
  }
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
