import type { Clock } from './clock.ts'
import type { EvergrantError } from './errors/evergrant-error.ts'
import { heldForMs } from './held.ts'
import type { Held } from './held.ts'
import type { StoredFailure } from './token-record.ts'

/** A failure that still counts, and how long until the next attempt; 0 or less: now. */
export interface StandingFailure {
  readonly failure: StoredFailure
  readonly retryInMs: number
}

/** What this process remembers of failed exchanges, beside what the record says of them. */
export class FailureMemory {
  /** The error of the last failure, for messages. */
  lastError: EvergrantError | undefined
  readonly #clock: Clock
  readonly #refusedVariants = new Map<string, { error: EvergrantError; untilMonotonicAt: number }>()
  #own: { failure: StoredFailure; untilMonotonicAt: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Remembers a failure here, also when the store cannot be told. */
  note(failure: StoredFailure, error: EvergrantError): void {
    this.#own = { failure, untilMonotonicAt: this.#clock.monotonic() + failure.retryInMs }
    this.lastError = error
  }

  /** An exchange succeeded, here or elsewhere. */
  clear(): void {
    this.#own = undefined
    this.lastError = undefined
  }

  /** Remembers that the server refuses the scope or resource of one variant; the credential itself is fine. */
  refuseVariant(variant: string, error: EvergrantError, retryInMs: number): void {
    this.#refusedVariants.set(variant, { error, untilMonotonicAt: this.#clock.monotonic() + retryInMs })
  }

  /** The refusal that still stands for a variant. */
  refusedVariant(variant: string): EvergrantError | undefined {
    const refused = this.#refusedVariants.get(variant)
    if (refused === undefined) return undefined
    return refused.untilMonotonicAt > this.#clock.monotonic() ? refused.error : undefined
  }

  /** The number of failures in a row. */
  attempts(held: Held | undefined): number {
    return Math.max(held?.record.failure?.attempts ?? 0, this.#own?.failure.attempts ?? 0)
  }

  /**
   * The failure that holds back traffic longest, here or in the record. One that concerns a configuration counts only
   * for the configuration with that fingerprint: a corrected password is tried at once.
   */
  standing(held: Held | undefined, fingerprint: string | undefined): StandingFailure | undefined {
    const candidates: StandingFailure[] = []
    if (this.#own !== undefined) {
      const retryInMs = this.#own.untilMonotonicAt - this.#clock.monotonic()
      candidates.push({ failure: this.#own.failure, retryInMs })
    }
    const shared = held?.record.failure
    if (held !== undefined && shared !== undefined) {
      candidates.push({ failure: shared, retryInMs: shared.retryInMs - heldForMs(held, this.#clock) })
    }
    return candidates
      .filter(({ failure }) => failure.kind === 'transient' || failure.fingerprint === fingerprint)
      .toSorted((left, right) => right.retryInMs - left.retryInMs)[0]
  }
}
