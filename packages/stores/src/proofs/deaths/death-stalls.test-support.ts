import { readFileSync } from 'node:fs'

/**
 * How long this thread has been ready to run and had no core, in milliseconds, since it began. A machine that does too
 * much at once must not look like a slow recovery. 0 where the kernel does not say.
 * @see proc(5), schedstat
 */
export function stalledMs(): number {
  try {
    const [, waitedNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
    return Math.round(Number(waitedNs) / 1e6)
  } catch {
    return 0
  }
}
