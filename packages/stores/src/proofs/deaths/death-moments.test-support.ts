import { writeSync } from 'node:fs'
import type { TokenStore } from '@evergrant/core'
import type { DeathPoint, DeathRun } from './death-points.test-support.ts'

/** What a process does at the moments that it cannot see itself: it asks who watches its bytes. */
type Announce = (writeId: string) => Promise<void>

/** Counts the steps of one exchange, and sends this very process a signal at the planned one. */
export class DeathMoments {
  readonly #announce: Announce
  #planned: DeathRun | undefined
  #reads = 0
  #writes = 0

  /** `announce`: a write is about to be cut, and whoever does that has to be ready. */
  constructor(announce: Announce) {
    this.#announce = announce
  }

  /** From now on, an exchange begins. */
  plan(run: DeathRun | undefined): void {
    this.#planned = run
    this.#reads = 0
    this.#writes = 0
  }

  /** The moment has come. Returns if the signal leaves the process alive. */
  readonly at = (point: DeathPoint): void => {
    if (this.#planned?.point === point) strike(this.#planned.signal)
  }

  /** The planned death, if it is to come inside the write that runs now. */
  get midWrite(): DeathRun | undefined {
    return this.#planned?.point === 'mid-write' && this.#writes === 2 ? this.#planned : undefined
  }

  /** The same store, whose steps are counted: the first write of an exchange claims, the second one commits. */
  watching(store: TokenStore): TokenStore {
    return {
      ...store,
      read: key => {
        // A process that has just started looks once more, so the first read counts.
        if (this.#reads++ === 0) this.at('before the read')
        return store.read(key)
      },
      write: async (key, payload, options) => {
        const isClaim = ++this.#writes === 1
        // Nothing is sent between the last read and the claim, or between the answer and the commit.
        this.at(isClaim ? 'read' : 'answered')
        if (this.midWrite !== undefined) await this.#announce(options.writeId)
        const result = await store.write(key, payload, options)
        // Whoever was to be cut in the middle has come too far.
        if (this.midWrite?.signal === 'SIGKILL') await new Promise<never>(() => undefined)
        this.at(isClaim ? 'claimed' : 'written')
        return result
      },
    }
  }
}

/** Sends this process a signal. After SIGKILL nothing else happens here. */
export function strike(signal: DeathRun['signal']): void {
  if (signal === 'SIGTERM') {
    process.kill(process.pid, signal)
    return
  }
  // The time of death, by the machine's clock. A message would be sent too late.
  writeSync(1, String(Date.now()))
  process.kill(process.pid, signal)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
