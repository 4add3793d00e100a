import type { TokenStore } from '@evergrant/core'
import type { Moment } from './lost-claim-run.test-support.ts'

/** Tells a test's server which process asks. */
export const senderHeader = 'x-test-process'

/** Stops an exchange once at one of its moments, until it is told to go on. */
export class ExchangeGate {
  #moment: Moment | undefined
  #reach: () => void = () => undefined
  #opened: Promise<void> = Promise.resolve()
  #open: () => void = () => undefined

  /** The next exchange stops at that moment, and calls `reach` then. */
  arm(moment: Moment, reach: () => void): void {
    this.#moment = moment
    this.#reach = reach
    this.#opened = new Promise(resolve => void (this.#open = resolve))
  }

  open(): void {
    this.#moment = undefined
    this.#open()
  }

  /** Lets an exchange through whose store and `fetch` stop where the gate is armed. */
  through(store: TokenStore): { readonly store: TokenStore; readonly fetch: typeof globalThis.fetch } {
    return {
      store: {
        ...store,
        write: async (key, payload, options) => {
          const isClaim = payload.includes('"claim":')
          if (!isClaim) await this.#stopAt('answered')
          const result = await store.write(key, payload, options)
          await this.#stopAt(isClaim ? 'claiming' : 'committing')
          return result
        },
      },
      fetch: async (input, init) => {
        await this.#stopAt('claimed')
        const headers = new Headers(init?.headers)
        headers.set(senderHeader, String(process.pid))
        return globalThis.fetch(input, { ...init, headers })
      },
    }
  }

  async #stopAt(moment: Moment): Promise<void> {
    if (moment !== this.#moment) return
    this.#moment = undefined
    this.#reach()
    await this.#opened
  }
}
