import type { Clock } from '@evergrant/core'
import { globals } from './platform.ts'
import type { PageEvent, PageEvents } from './platform.ts'

/** What a page wakes up to, and what puts it to sleep. */
const eventTypes = [
  'visibilitychange',
  'focus',
  'online',
  'pageshow',
  'pagehide',
  'freeze',
  'resume',
] as const

/** How long everything stays open after its last user left, in milliseconds: StrictMode leaves and comes back at once. */
const lingerMs = 30_000

/** What {@link PageLife} works with. */
export interface PageLifeOptions {
  readonly clock: Clock
  readonly page: PageEvents | undefined
  readonly onStart: () => void
  readonly onStop: () => void
  readonly onEvent: (event: PageEvent) => void
}

/** Starts with the first subscriber or call, and stops a while after the last one. */
export class PageLife {
  readonly #options: PageLifeOptions
  #users = 0
  #watchers = 0
  #page: PageEvents | undefined
  #isStarted = false
  #cancelStop: (() => void) | undefined

  constructor(options: PageLifeOptions) {
    this.#options = options
  }

  /** Whether anybody subscribed, so that tokens are kept fresh without a call. */
  get isWatched(): boolean {
    return this.#watchers > 0
  }

  /** Whether events of the page, the other tabs and timers are heard. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  get isVisible(): boolean {
    return this.#page?.document?.visibilityState !== 'hidden'
  }

  /** Somebody subscribed; returns the function that ends it. */
  watch(): () => void {
    const leave = this.#enter()
    this.#watchers++
    return () => {
      this.#watchers--
      leave()
    }
  }

  /** Keeps everything open during a call. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    const leave = this.#enter()
    try {
      return await call()
    } finally {
      leave()
    }
  }

  /** Stops at once. */
  stop(): void {
    this.#cancelStop?.()
    this.#cancelStop = undefined
    if (!this.#isStarted) return
    this.#isStarted = false
    for (const type of eventTypes) this.#page?.removeEventListener(type, this.#options.onEvent)
    this.#options.onStop()
  }

  #enter(): () => void {
    this.#start()
    this.#users++
    this.#cancelStop?.()
    this.#cancelStop = undefined
    return () => {
      this.#users--
      if (this.#users > 0 || !this.#isStarted) return
      this.#cancelStop = this.#options.clock.schedule(() => this.stop(), lingerMs)
    }
  }

  #start(): void {
    if (this.#isStarted) return
    this.#options.onStart()
    this.#isStarted = true
    // Events of the document bubble up to the window.
    this.#page = this.#options.page ?? globals.window
    for (const type of eventTypes) this.#page?.addEventListener(type, this.#options.onEvent)
  }
}
