import type { Stored, TokenStore } from './store.ts'
import { parseRecord } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'

/** What a store holds for its only key. */
export interface StoredEntry {
  readonly etag: string
  readonly payload: string
  readonly writeId: string
  readonly writtenAt: number
}

/** A store of one record, which can be put back or emptied. Its methods can be spread into a connection. */
export class ForgetfulStore implements TokenStore {
  entry: StoredEntry | undefined
  readonly #now: () => number
  #writes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get record(): TokenRecord | undefined {
    return this.entry && parseRecord(this.entry.payload)
  }

  readonly read: TokenStore['read'] = async () => this.#stored()

  readonly write: TokenStore['write'] = async (_key, payload, { ifMatch, writeId }) => {
    if (this.entry?.writeId !== writeId) {
      if ((this.entry?.etag ?? null) !== ifMatch) return { ok: false, current: this.#stored() }
      this.entry = { etag: `etag-${++this.#writes}`, payload, writeId, writtenAt: this.#now() }
    }
    return { ok: true, etag: this.entry.etag }
  }

  #stored(): Stored | undefined {
    return this.entry && { ...this.entry, ageMs: this.#now() - this.entry.writtenAt }
  }
}

/** One process's connection, which can be down or hang, and tells its process that something may have changed. */
export class Connection implements TokenStore {
  state: 'up' | 'down' | 'hung' = 'up'
  /** How often the store was asked. */
  calls = 0
  readonly #data: TokenStore
  #listener: ((key: string | undefined) => void) | undefined

  constructor(data: TokenStore) {
    this.#data = data
  }

  hint(): void {
    this.#listener?.(undefined)
  }

  readonly watch = (listener: (key: string | undefined) => void): Disposable => {
    this.#listener = listener
    return { [Symbol.dispose]: () => void (this.#listener = undefined) }
  }

  readonly read: TokenStore['read'] = async key => {
    await this.#reach()
    return this.#data.read(key)
  }

  readonly write: TokenStore['write'] = async (...given) => {
    await this.#reach()
    return this.#data.write(...given)
  }

  async #reach(): Promise<void> {
    this.calls++
    if (this.state === 'down') throw new Error('ECONNREFUSED')
    if (this.state === 'hung') await new Promise(() => undefined)
  }
}
