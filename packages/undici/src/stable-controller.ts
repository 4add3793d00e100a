import type { Dispatcher } from 'undici'

/**
 * The controller that a handler keeps for the whole request: it steers whichever attempt is under way, and can abort while
 * there is none.
 */
export class StableController implements Dispatcher.DispatchController {
  readonly #abort = new AbortController()
  #target: Dispatcher.DispatchController | undefined
  #isPaused = false

  /** Aborts with the request. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** From now on, `target` is steered. */
  point(target: Dispatcher.DispatchController): void {
    this.#target = target
    if (this.#abort.signal.aborted) target.abort(this.#abort.signal.reason as Error)
    else if (this.#isPaused) target.pause()
  }

  abort(reason: Error): void {
    this.#abort.abort(reason)
    this.#target?.abort(reason)
  }

  pause(): void {
    this.#isPaused = true
    this.#target?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#target?.resume()
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted || (this.#target?.aborted ?? false)
  }

  get paused(): boolean {
    return this.#isPaused
  }

  get reason(): Error | null {
    return this.#target?.reason ?? (this.#abort.signal.reason as Error | undefined) ?? null
  }

  get rawHeaders(): Exclude<Dispatcher.DispatchController['rawHeaders'], undefined> {
    return this.#target?.rawHeaders ?? null
  }

  get rawTrailers(): Exclude<Dispatcher.DispatchController['rawTrailers'], undefined> {
    return this.#target?.rawTrailers ?? null
  }
}
