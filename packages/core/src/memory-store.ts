import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import type { Stored, TokenStore, WriteOptions, WriteResult } from './store.ts'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Measures the age of records. Default: the platform's clock. */
  readonly clock?: Clock | undefined
}

interface Entry {
  readonly etag: string
  readonly writeId: string
  readonly writtenMonotonicAt: number
  readonly writtenWallAt: number
  readonly payload: string
}

class MemoryStore implements TokenStore {
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<(key: string | undefined) => void>()
  readonly #clock: Clock
  #writes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async read(key: string): Promise<Stored | undefined> {
    const entry = this.#entries.get(key)
    return entry && this.#stored(entry)
  }

  async write(key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const entry = this.#entries.get(key)
    if (entry?.writeId === options.writeId) return { ok: true, etag: entry.etag }
    if ((entry?.etag ?? null) !== options.ifMatch) return { ok: false, current: entry && this.#stored(entry) }
    const etag = String(++this.#writes)
    const [writtenMonotonicAt, writtenWallAt] = [this.#clock.monotonic(), this.#clock.wall()]
    this.#entries.set(key, { etag, writeId: options.writeId, writtenMonotonicAt, writtenWallAt, payload })
    if (options.notify ?? true) this.#notify(key)
    return { ok: true, etag }
  }

  watch(listener: (key: string | undefined) => void): Disposable {
    // A wrapper of its own, so that one function can watch twice.
    const entry = (key: string | undefined): void => listener(key)
    this.#listeners.add(entry)
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) }
  }

  async remove(key: string, options: { readonly ifMatch: string }): Promise<boolean> {
    return this.#entries.get(key)?.etag === options.ifMatch && this.#entries.delete(key)
  }

  async *keys(): AsyncIterable<string> {
    yield* this.#entries.keys()
  }

  #notify(key: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(key)
      } catch {
        // The write is done: whoever listens cannot make it fail.
      }
    }
  }

  #stored({ etag, payload, writtenMonotonicAt, writtenWallAt }: Entry): Stored {
    // The longer of both clocks: the monotonic one may sleep with the machine.
    const ageMs = Math.max(this.#clock.monotonic() - writtenMonotonicAt, this.#clock.wall() - writtenWallAt)
    return { etag, ageMs, payload }
  }
}

/** Keeps records in this process's memory, in a store of its own. A restart forgets them. */
export function memoryStore(options: MemoryStoreOptions = {}): TokenStore {
  return new MemoryStore(options.clock ?? systemClock)
}

const registered: unique symbol = Symbol.for('@evergrant/core:memory-stores/1') as never

/**
 * The memory store that managers use when they are given none: one per process and clock. It hangs on a registered
 * symbol, because bundlers and hot reload evaluate this module several times and must still share one refresh.
 */
export function processMemoryStore(clock: Clock): TokenStore {
  const holder = globalThis as { [registered]?: { system?: TokenStore; others: WeakMap<Clock, TokenStore> } }
  const stores = (holder[registered] ??= { others: new WeakMap() })
  if (clock === systemClock) return (stores.system ??= memoryStore())
  let store = stores.others.get(clock)
  if (store === undefined) stores.others.set(clock, (store = memoryStore({ clock })))
  return store
}
