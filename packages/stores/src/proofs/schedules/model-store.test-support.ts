import type { Stored, WriteOptions, WriteResult } from '@evergrant/core'

/** The stores of this package, by what can happen to them. */
export type StoreKind = 'file' | 'Redis' | 'Postgres'

interface Version {
  readonly etag: string
  readonly writeId: string
  readonly payload: string
  readonly writtenAt: number
  readonly by: string
}

/** One record of a store, seen from the server's side: whole operations, one after the other, by the store's own clock. */
export class ModelStore {
  readonly #now: () => number
  #versions: Version[] = []
  #writes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  read(): Stored | undefined {
    const version = this.#versions.at(-1)
    return version && this.#stored(version)
  }

  write(payload: string, { ifMatch, writeId }: WriteOptions, by: string): WriteResult {
    const version = this.#versions.at(-1)
    if (version?.writeId === writeId) return { ok: true, etag: version.etag }
    if ((version?.etag ?? null) !== ifMatch) return { ok: false, current: version && this.#stored(version) }
    const etag = `etag-${++this.#writes}`
    this.#versions.push({ etag, writeId, payload, writtenAt: this.#now(), by })
    return { ok: true, etag }
  }

  /** The id of the write that stands. */
  get writeId(): string | undefined {
    return this.#versions.at(-1)?.writeId
  }

  /** Who wrote what stands there. */
  get writtenBy(): string | undefined {
    return this.#versions.at(-1)?.by
  }

  /** Goes back to a copy that has missed the last `count` writes, or all there ever were. */
  fallBack(count: number | 'all'): void {
    this.#versions = count === 'all' ? [] : this.#versions.slice(0, -count)
  }

  #stored({ etag, payload, writtenAt }: Version): Stored {
    return { etag, payload, ageMs: this.#now() - writtenAt }
  }
}
