import type { Clock } from '@evergrant/core'
import { floorMs } from '@evergrant/core'
import type { AccessState } from '@evergrant/core'

/** A wall clock that stands this far before the moment a token was obtained was set back. */
const turnedBackMs = 60_000

/** What is known of a token when it comes in. */
export interface NewToken {
  readonly accessToken: string
  readonly lifetimeMs: number | undefined
  readonly remainingMs: number | undefined
  /** When its life began to be counted, on both clocks. */
  readonly monotonicAt: number
  readonly wallAt: number
  /** When it was requested, on the monotonic clock; not later than it really was. */
  readonly requestedAt: number
  /** This tab's own place in the advisory window, from 0 to 1. */
  readonly draw: number
}

/** One access token in this page's memory. */
export class HeldToken {
  readonly facts: NewToken
  isRejected = false
  /** Whether the refusals before it are forgotten: it had worked for a while. */
  forgivesRejections = false
  readonly #clock: Clock
  #guardUntil: number

  constructor(facts: NewToken, clock: Clock) {
    this.facts = facts
    this.#clock = clock
    const { requestedAt, monotonicAt, lifetimeMs } = facts
    // An adopted token is guarded from its own birth.
    this.#guardUntil = (Number.isFinite(requestedAt) ? requestedAt : monotonicAt) + floorMs(lifetimeMs)
  }

  get accessToken(): string {
    return this.facts.accessToken
  }

  /** In epoch milliseconds; undefined: the server named no lifetime. */
  get expiresAt(): number | undefined {
    const { wallAt, remainingMs } = this.facts
    return remainingMs === undefined ? undefined : wallAt + remainingMs
  }

  /** How long it has been held. The longer of both clocks counts: one may be set back, the other sleeps with the machine. */
  get heldMs(): number {
    const { wallAt, monotonicAt } = this.facts
    return Math.max(this.#clock.wall() - wallAt, this.#clock.monotonic() - monotonicAt)
  }

  get remainingMs(): number | undefined {
    const { remainingMs } = this.facts
    return remainingMs === undefined ? undefined : remainingMs - this.heldMs
  }

  /** Until another exchange is allowed, in milliseconds. */
  get guardMs(): number {
    return Math.max(0, this.#guardUntil - this.#clock.monotonic())
  }

  /** The server gave the same token again: it has answered no refusal, and asking soon again is pointless. */
  inherit(before: HeldToken): void {
    const { remainingMs = 60_000 } = this
    this.isRejected = before.isRejected
    this.forgivesRejections = before.forgivesRejections
    this.#guardUntil =
      this.#clock.monotonic() + Math.min(Math.max(0, remainingMs), Math.max(5000, remainingMs / 2))
  }

  /** An API refused it. */
  reject(): void {
    if (this.isRejected) return
    this.isRejected = true
    this.forgivesRejections = this.heldMs >= (this.facts.lifetimeMs ?? 300_000) / 10
  }

  /** What the refresh policy looks at. */
  state(rejectionWaitMs: number): AccessState {
    const { isRejected, remainingMs, forgivesRejections } = this
    return {
      lifetimeMs: this.facts.lifetimeMs,
      remainingMs,
      isRejected,
      rejectionWaitMs: forgivesRejections ? 0 : rejectionWaitMs,
      isClockTurnedBack: this.#clock.wall() < this.facts.wallAt - turnedBackMs,
    }
  }
}
