import { aged } from './commit.ts'
import type { Clock } from './clock.ts'
import type { TokenRecord } from './token-record.ts'

/** A moment on both clocks. */
export interface Stamp {
  readonly writtenMonotonicAt: number
  readonly writtenWallAt: number
}

/** The moment that was `ageMs` ago; default now. */
export function stamp(clock: Clock, ageMs = 0): Stamp {
  return { writtenMonotonicAt: clock.monotonic() - ageMs, writtenWallAt: clock.wall() - ageMs }
}

/** A record as this process holds it: what it says, and when on both clocks its durations began. */
export interface Held extends Stamp {
  readonly etag: string | null
  readonly record: TokenRecord
}

/** Holds a record that was written `ageMs` ago. */
export function holdRecord(record: TokenRecord, etag: string | null, clock: Clock, ageMs = 0): Held {
  return { etag, record, ...stamp(clock, ageMs) }
}

/**
 * How long ago a moment was. The longer of both clocks counts: the wall clock may be set back, and the monotonic
 * clock may sleep with the machine.
 */
export function heldForMs(held: Stamp, clock: Clock): number {
  return Math.max(clock.wall() - held.writtenWallAt, clock.monotonic() - held.writtenMonotonicAt)
}

/** The record with its durations restated as of now, ready to be changed and written. */
export function restated(held: Held, clock: Clock): TokenRecord {
  return aged(held.record, heldForMs(held, clock))
}

/** What is left of a duration that a held record states; undefined if it states none. */
export function remainingOf(
  held: Held | undefined,
  remainingAtWriteMs: number | undefined,
  clock: Clock,
): number | undefined {
  if (held === undefined || remainingAtWriteMs === undefined) return undefined
  return remainingAtWriteMs - heldForMs(held, clock)
}
