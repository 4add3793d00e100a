import type { Clock } from './clock.ts'

/**
 * Resolves as `work` does, or rejects with `late()` after `limitMs`. The work itself goes on; what it brings then is
 * dropped. Somebody waits for it, so the process stays alive until then.
 */
export function within<T>(clock: Clock, limitMs: number, work: Promise<T>, late: () => unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.schedule(() => reject(late()), limitMs, { keepsAlive: true })
    void work.then(resolve, reject).finally(cancel)
  })
}
