import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { Listeners } from './listeners.ts'
import type { Listener } from './listeners.ts'

/** One subscription to a folder of signals, for all watches of a store. */
export class FileWatch {
  readonly #listeners = new Listeners()
  readonly #open: () => Promise<string>
  readonly #keyOf: (name: string) => Promise<string | undefined>
  #watcher: Promise<FSWatcher | undefined> | undefined

  /** `open` makes the folder and returns its path; `keyOf` finds the key of a changed name. */
  constructor(open: () => Promise<string>, keyOf: (name: string) => Promise<string | undefined>) {
    this.#open = open
    this.#keyOf = keyOf
  }

  add(listener: Listener): Disposable {
    const added = this.#listeners.add(listener)
    this.#watcher ??= this.#start()
    return {
      [Symbol.dispose]: () => {
        added[Symbol.dispose]()
        if (this.#listeners.isEmpty) this.#stop()
      },
    }
  }

  async #start(): Promise<FSWatcher | undefined> {
    try {
      const watcher = watch(
        await this.#open(),
        { persistent: false },
        (_event, name) => void this.#tell(name),
      )
      watcher.on('error', () => this.#listeners.tell(undefined))
      return watcher
    } catch {
      // No folder, or too many watches on this machine: reading finds every change, only later.
      return undefined
    }
  }

  #stop(): void {
    const watcher = this.#watcher
    this.#watcher = undefined
    void watcher?.then(open => open?.close())
  }

  async #tell(name: string | null): Promise<void> {
    const key = name === null ? undefined : await this.#keyOf(name).catch(() => undefined)
    this.#listeners.tell(key)
  }
}
