/**
 * Time, as the engine sees it. The engine reads no other clock, so a test can run a year in a second.
 * Tokens expire when either the wall clock or the monotonic clock says so: the first may jump, the second may sleep.
 */
export interface Clock {
  /** Epoch milliseconds. */
  wall(): number
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number
  /** Calls `callback` once after `delayMs`; returns a function that cancels. The timer keeps no process alive. */
  schedule(callback: () => void, delayMs: number): () => void
}

/** No timer runs longer: `setTimeout` fires at once above 2^31−1 ms, and a sleeping machine must be able to look again. */
export const longestTimerMs: number = 3_600_000

/** The platform's clock and unreferenced timers. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestTimerMs))
    // Node.js returns an object that can be unreferenced, browsers a number.
    if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs` on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => void clock.schedule(resolve, delayMs))
}
