import { setTimeout as wait } from 'node:timers/promises'
import { isStoreError } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'

/** What callers got whose calls began in one phase of an outage. */
export interface CallTally {
  calls: number
  slowestMs: number
  readonly tokens: Set<string>
  /** Each kind of error once: its class and message. */
  readonly errors: Map<string, number>
  /** How many errors were none that says: the store failed, try again. */
  strayErrors: number
}

const pauseMs = 20

/** Callers who ask again and again, each as soon as it has its answer and a short pause. */
export class OutageCallers {
  readonly #tokens: TokenManager
  readonly #running: readonly Promise<void>[]
  #tally: CallTally = newTally()
  #isStopped = false

  constructor(tokens: TokenManager, count: number) {
    this.#tokens = tokens
    this.#running = Array.from({ length: count }, () => this.#ask())
  }

  /** What the calls bring that begin from now on, until the next phase. */
  beginPhase(): CallTally {
    this.#tally = newTally()
    return this.#tally
  }

  /** Resolves when the last call has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#running)
  }

  async #ask(): Promise<void> {
    while (!this.#isStopped) {
      const tally = this.#tally
      const startedAt = performance.now()
      await this.#tokens.getAccessToken().then(
        token => tally.tokens.add(token),
        (error: unknown) => noteError(tally, error),
      )
      tally.calls++
      tally.slowestMs = Math.max(tally.slowestMs, Math.ceil(performance.now() - startedAt))
      await wait(pauseMs)
    }
  }
}

function newTally(): CallTally {
  return { calls: 0, slowestMs: 0, tokens: new Set(), errors: new Map(), strayErrors: 0 }
}

function noteError(tally: CallTally, error: unknown): void {
  const text = String(error)
  tally.errors.set(text, (tally.errors.get(text) ?? 0) + 1)
  if (!(isStoreError(error) && error.isTransient && error.code === 'store_unavailable')) tally.strayErrors++
}
