import type { Clock } from './clock.ts'
import { heldForMs, remainingOf } from './held.ts'
import type { Held } from './held.ts'
import { floorMs, rejectionSlotMs } from './refresh-policy.ts'
import type { AccessState } from './refresh-policy.ts'
import type { RequestTiming } from './token-endpoint.ts'
import type { StoredAccessToken } from './token-record.ts'

/** A wall clock that stands this far before the moment a token was obtained was set back. */
const turnedBackMs = 60_000

/** What this process knows about one access token beyond what the record says. */
export class VariantState {
  /** The access token that this is about. */
  readonly token: string
  /** This instance's own place in the advisory window, from 0 to 1. */
  readonly draw: number
  /** When the token was requested; an adopted token without a lifetime may be old and never counts as new. */
  readonly requestedMonotonicAt: number
  readonly #clock: Clock
  readonly #access: StoredAccessToken
  readonly #obtainedWallAt: number
  #guardUntilMonotonicAt: number
  #isRejected = false
  #countsRejectionsAfresh = false

  constructor(
    access: StoredAccessToken,
    held: Held,
    clock: Clock,
    draw: number,
    timing: RequestTiming | undefined,
  ) {
    const { lifetimeMs, remainingAtWriteMs } = access
    const isDated = lifetimeMs !== undefined && remainingAtWriteMs !== undefined
    const adoptedAt = isDated
      ? held.writtenMonotonicAt - (lifetimeMs - remainingAtWriteMs)
      : Number.NEGATIVE_INFINITY
    this.token = access.token
    this.draw = draw
    this.requestedMonotonicAt = timing?.sentMonotonicAt ?? adoptedAt
    this.#clock = clock
    this.#access = access
    this.#obtainedWallAt = clock.wall()
    // An adopted token is guarded from its own birth: its record is rewritten by every claim.
    const bornAt = Number.isFinite(adoptedAt) ? adoptedAt : held.writtenMonotonicAt
    this.#guardUntilMonotonicAt = (timing ? clock.monotonic() : bornAt) + floorMs(lifetimeMs)
  }

  /** A server that returns the same token again has not answered a refusal. */
  inherit(before: VariantState): void {
    this.#isRejected = before.#isRejected
  }

  /** An API refused this token. If it had lived for a while before, refusals are counted from one again. */
  noteRejection(): void {
    if (this.#isRejected) return
    const livedMs = this.#clock.monotonic() - this.requestedMonotonicAt
    this.#isRejected = true
    this.#countsRejectionsAfresh = livedMs >= (this.#access.lifetimeMs ?? 300_000) / 10
  }

  /** The API took this token after it had refused it: there is nothing to renew. How often it was refused still counts. */
  noteAcceptance(): void {
    this.#isRejected = false
  }

  get isRejected(): boolean {
    return this.#isRejected
  }

  /** How often in a row fresh tokens were refused before the current refusal. */
  rejectionCount(held: Held): number {
    return this.#countsRejectionsAfresh ? 0 : (held.record.rejection?.count ?? 0)
  }

  /** The server gave the same access token again: asking soon again is pointless. */
  guardAgainstNoProgress(remainingMs: number): void {
    const waitMs = Math.min(Math.max(0, remainingMs), Math.max(5000, remainingMs / 2))
    this.#guardUntilMonotonicAt = this.#clock.monotonic() + waitMs
  }

  guardMs(): number {
    return Math.max(0, this.#guardUntilMonotonicAt - this.#clock.monotonic())
  }

  /** What the refresh policy looks at. */
  accessState(access: StoredAccessToken, held: Held): AccessState {
    return {
      lifetimeMs: access.lifetimeMs,
      remainingMs: remainingOf(held, access.remainingAtWriteMs, this.#clock),
      isRejected: this.#isRejected,
      rejectionWaitMs: this.#rejectionWaitMs(held),
      isClockTurnedBack: this.#clock.wall() < this.#obtainedWallAt - turnedBackMs,
    }
  }

  #rejectionWaitMs(held: Held): number {
    const { rejection } = held.record
    if (rejection === undefined || this.#countsRejectionsAfresh) return 0
    return Math.max(0, rejectionSlotMs(rejection.count) - rejection.msAgo - heldForMs(held, this.#clock))
  }
}
