import type { Clock } from './clock.ts'

/** A timer that fires so late, in milliseconds, belongs to a process that stood still. */
const awokenMs = 50
/** What arrived meanwhile can be read in this time. */
const readingMs = 1000

/**
 * Calls `cut` after `limitMs`; returns what cancels. A process that was stopped wakes up with its answer unread: cut at once,
 * the only copy of a refresh token would be lost.
 */
export function cutAfter(clock: Clock, limitMs: number, cut: () => void): () => void {
  const dueAt = clock.monotonic() + limitMs
  let cancel = clock.schedule(() => {
    if (clock.monotonic() - dueAt < awokenMs) cut()
    else cancel = clock.schedule(cut, readingMs)
  }, limitMs)
  return () => cancel()
}

/** Rejects when the signal aborts: an own fetch may not heed it, and the claim ends all the same. */
export function rejectedBy(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // Nobody may be waiting for it by then.
  rejected.catch(() => undefined)
  return rejected
}
