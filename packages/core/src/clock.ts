/**
 * Time, as the engine sees it. The engine reads no other clock, so a test can run a year in a second.
 * Tokens expire when either the wall clock or the monotonic clock says so: the first may jump, the second may sleep.
 */
export interface Clock {
  /** Epoch milliseconds. */
  wall(): number
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number
  /**
   * Calls `callback` once after `delayMs`; returns a function that cancels. The timer keeps no process alive, unless
   * `keepsAlive` says that somebody waits for it.
   */
  schedule(callback: () => void, delayMs: number, options?: ScheduleOptions): () => void
}

/** Options of {@link Clock.schedule}. */
export interface ScheduleOptions {
  /** Whether the process must live until then. Default false. */
  readonly keepsAlive?: boolean | undefined
}

/** No timer runs longer: `setTimeout` fires at once above 2^31−1 ms, and a sleeping machine must be able to look again. */
export const longestTimerMs: number = 3_600_000

/** The platform's clock and timers. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(callback, delayMs, options) {
    // Written so that NaN counts as long: setTimeout would fire at once.
    const boundedMs = delayMs <= longestTimerMs ? Math.max(0, delayMs) : longestTimerMs
    const timer = setTimeout(callback, boundedMs)
    // Node.js returns an object that can be unreferenced, browsers a number.
    if (!options?.keepsAlive && typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs` on `clock`, at most an hour. Somebody waits for it, so the process stays. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => void clock.schedule(resolve, delayMs, { keepsAlive: true }))
}
