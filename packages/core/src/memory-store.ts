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
  readonly keepMs: number
}

/** After how many writes the store looks for what nobody needs any more. */
const writesPerSweep = 1000

class MemoryStore implements TokenStore {
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<(key: string | undefined) => void>()
  readonly #clock: Clock
  #writes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async read(key: string): Promise<Stored | undefined> {
    const entry = this.#find(key)
    return entry && this.#stored(entry)
  }

  async write(key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const entry = this.#find(key)
    if (entry?.writeId === options.writeId) return { ok: true, etag: entry.etag }
    if ((entry?.etag ?? null) !== options.ifMatch) return { ok: false, current: entry && this.#stored(entry) }
    const etag = String(++this.#writes)
    const [writtenMonotonicAt, writtenWallAt] = [this.#clock.monotonic(), this.#clock.wall()]
    const keepMs = options.keepMs ?? Number.POSITIVE_INFINITY
    this.#entries.set(key, {
      etag,
      writeId: options.writeId,
      writtenMonotonicAt,
      writtenWallAt,
      payload,
      keepMs,
    })
    if (this.#writes % writesPerSweep === 0) this.#sweep()
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
    return this.#find(key)?.etag === options.ifMatch && this.#entries.delete(key)
  }

  async *keys(): AsyncIterable<string> {
    this.#sweep()
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

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#ageOf(entry) <= entry.keepMs) return entry
    this.#entries.delete(key)
    return undefined
  }

  #sweep(): void {
    for (const key of this.#entries.keys()) this.#find(key)
  }

  #stored(entry: Entry): Stored {
    return { etag: entry.etag, ageMs: this.#ageOf(entry), payload: entry.payload }
  }

  // The longer of both clocks: the monotonic one may sleep with the machine.
  #ageOf({ writtenMonotonicAt, writtenWallAt }: Entry): number {
    return Math.max(this.#clock.monotonic() - writtenMonotonicAt, this.#clock.wall() - writtenWallAt)
  }
}

/** Keeps records in this process's memory, in a store of its own, for as long as `keepMs` says. A restart forgets them. */
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
