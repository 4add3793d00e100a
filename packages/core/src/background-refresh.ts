import { longestTimerMs } from './clock.ts'
import type { Credential } from './credential.ts'
import type { Outcome } from './renewal-outcome.ts'
import { freshForMs } from './refresh-policy.ts'

/**
 * Refreshes a credential that is in use before anybody has to wait. An unused one is left alone: its next call decides.
 * No timer runs longer than an hour or keeps the process alive; each looks at the clocks again when it wakes.
 */
export class BackgroundRefresh {
  /** Whether the token was used since it was obtained. */
  isUsed = false
  readonly #credential: Credential
  readonly #variant: string
  readonly #renew: () => Promise<Outcome>
  #cancel: (() => void) | undefined
  #isRunning = false
  #isStopped = false
  #notBefore: number = Number.NEGATIVE_INFINITY

  constructor(credential: Credential, variant: string, renew: () => Promise<Outcome>) {
    this.#credential = credential
    this.#variant = variant
    this.#renew = renew
  }

  /** A token is held, perhaps a new one; it is due for refresh in `delayMs`. */
  arm(delayMs: number, isNewToken: boolean): void {
    this.#isStopped = false
    if (isNewToken) this.isUsed = false
    this.#wakeIn(delayMs)
  }

  /** Starts a refresh unless one runs already. */
  start(): void {
    const { clock } = this.#credential.environment
    if (this.#isRunning || clock.monotonic() < this.#notBefore) return
    this.#isRunning = true
    void this.#renew().then(outcome => {
      this.#isRunning = false
      if (outcome.ok && outcome.retryInMs !== undefined)
        this.#notBefore = clock.monotonic() + outcome.retryInMs
      if (!outcome.ok && this.isUsed && !this.#isStopped) this.#wakeAfterFailure()
    })
  }

  /** Ends the timer; none follows before a new token is armed. */
  stop(): void {
    this.#isStopped = true
    this.#disarm()
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #wakeIn(delayMs: number): void {
    this.#disarm()
    if (!Number.isFinite(delayMs)) return
    // A whole millisecond at least: the rest of a fraction would wake it again and again at the same instant.
    const wholeMs = Math.min(Math.max(1, Math.ceil(delayMs)), longestTimerMs)
    this.#cancel = this.#credential.environment.clock.schedule(() => this.#wake(), wholeMs)
  }

  #wake(): void {
    const freshMs = freshForMs(this.#credential.policyState(this.#variant))
    if (freshMs > 0) this.#wakeIn(freshMs)
    else if (this.isUsed) this.start()
  }

  #wakeAfterFailure(): void {
    const standing = this.#credential.standingFailure()
    if (standing !== undefined && standing.failure.kind === 'transient') this.#wakeIn(standing.retryInMs + 1)
  }
}
