import type { TabChannel } from './platform.ts'

/** What {@link Tabs} works with. */
export interface TabsOptions {
  readonly createChannel: ((name: string) => TabChannel) | undefined
  /** Takes what another script of this origin says. */
  readonly receive: (data: unknown) => void
}

/** The other tabs of this origin: a channel to talk on. */
export class Tabs {
  readonly #options: TabsOptions
  #name: string | undefined
  #channel: TabChannel | undefined

  constructor(options: TabsOptions) {
    this.#options = options
  }

  /** What channel and locks are called; undefined: nobody listens. */
  get name(): string | undefined {
    return this.#name
  }

  /** Begins to listen. */
  open(name: string): void {
    const { createChannel, receive } = this.#options
    this.#name = name
    try {
      this.#channel = createChannel?.(name)
      this.#channel?.addEventListener('message', ({ data }) => receive(data))
    } catch {
      // A browser that denies storage to the page denies the channel, too: this tab is alone then.
    }
  }

  /** Leaves: a page with neither channel nor lock may enter the back-forward cache. */
  close(): void {
    this.#name = undefined
    this.#channel?.close()
    this.#channel = undefined
  }

  /** Tells the other tabs; false: there is no way to them. */
  post(message: object): boolean {
    try {
      this.#channel?.postMessage(message)
      return this.#channel !== undefined
    } catch {
      // A channel that closed meanwhile: the others find out by themselves.
      return false
    }
  }
}
