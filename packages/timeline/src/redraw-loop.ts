const leastPauseMs = 1000

/** Calls `draw` once a second while `element` is connected and visible; never more often. */
export class RedrawLoop {
  readonly #element: Element
  readonly #draw: () => void
  #isRunning = false
  #isVisible = true
  #drawnAt = Number.NEGATIVE_INFINITY
  #width = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #frame: number | undefined
  #visibility: IntersectionObserver | undefined
  #size: ResizeObserver | undefined

  constructor(element: Element, draw: () => void) {
    this.#element = element
    this.#draw = draw
  }

  /** Draws at once, and then every second. */
  start(): void {
    this.#isRunning = true
    this.#isVisible = true
    this.#drawNow()
    this.#watch()
  }

  /** Stops; holds no timer and no observer afterwards. */
  stop(): void {
    this.#isRunning = false
    this.#visibility?.disconnect()
    this.#size?.disconnect()
    this.#cancel()
  }

  /** Draws as soon as a second has passed since the last time. */
  request(): void {
    if (!this.#isRunning || !this.#isVisible || this.#timer !== undefined || this.#frame !== undefined) return
    const passedMs = performance.now() - this.#drawnAt
    this.#schedule(Math.max(0, leastPauseMs - passedMs))
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      // No frame comes in a tab that nobody sees: then it waits there.
      this.#frame = requestAnimationFrame(() => {
        this.#frame = undefined
        this.#drawNow()
      })
    }, delayMs)
  }

  #drawNow(): void {
    this.#cancel()
    this.#drawnAt = performance.now()
    this.#draw()
    if (this.#isRunning && this.#isVisible) this.#schedule(leastPauseMs)
  }

  #watch(): void {
    if (typeof IntersectionObserver === 'function') {
      this.#visibility = new IntersectionObserver(entries => {
        this.#isVisible = entries.at(-1)?.isIntersecting ?? true
        if (this.#isVisible) this.request()
        else this.#cancel()
      })
      this.#visibility.observe(this.#element)
    }
    if (typeof ResizeObserver === 'function') {
      this.#size = new ResizeObserver(() => {
        const { clientWidth } = this.#element
        if (clientWidth === this.#width) return
        this.#width = clientWidth
        // The layout is the user's own act: it follows at once.
        if (this.#isVisible) this.#drawNow()
      })
      this.#size.observe(this.#element)
    }
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#timer = undefined
    this.#frame = undefined
  }
}
