import { systemClock } from '@evergrant/core'
import type { Clock, Stored, TokenStore } from '@evergrant/core'

/** The machine's clock, put forward. Real processes share real stores, and hours pass in seconds. */
export class ForwardClock implements Clock {
  aheadMs = 0

  readonly wall = (): number => systemClock.wall() + this.aheadMs

  readonly monotonic = (): number => systemClock.monotonic() + this.aheadMs

  readonly schedule: Clock['schedule'] = (...timer) => systemClock.schedule(...timer)
}

/** The same store, whose ages know how far the clock was put forward since the write. */
export function withForwardAges(store: TokenStore, clock: ForwardClock): TokenStore {
  const opened = (stored: Stored): Stored => {
    const [payload = '', aheadMs] = stored.payload.split('\n')
    return { ...stored, payload, ageMs: stored.ageMs + clock.aheadMs - Number(aheadMs) }
  }
  return {
    read: async key => {
      const stored = await store.read(key)
      return stored && opened(stored)
    },
    write: async (key, payload, options) => {
      const result = await store.write(key, `${payload}\n${clock.aheadMs}`, options)
      return result.ok ? result : { ok: false, current: result.current && opened(result.current) }
    },
    ...(store.watch && { watch: listener => store.watch?.(listener) as Disposable }),
  }
}
