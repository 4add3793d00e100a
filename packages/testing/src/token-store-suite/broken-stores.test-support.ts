import type { StoreUnderTest, WriteOptionsUnderTest, WriteResultUnderTest } from './store-under-test.ts'

/** What is wrong with each store. The suite must find every one. */
export const faults = [
  'compares nothing',
  'compares before it waits',
  'takes null for anything',
  'writes with any etag where nothing is',
  'counts etags anew after a removal',
  'forgets the ids of writes',
  'remembers the ids of old writes',
  'shows a refused writer nothing',
  'reads the write before the last one',
  'knows no age',
  'takes the age of the first write',
  'keeps everything for ever',
  'keeps nothing for ever',
  'keeps the first time to keep',
  'takes keys without case',
  'cuts keys',
  'trims payloads',
  'takes keys for members of an object',
  'removes whatever is there',
  'lists what was removed',
  'tells of refused writes',
  'tells of silent writes',
  'tells of nothing but the first write',
  'tells those who have left',
  'takes two watches of one function for one',
  'passes on what a listener throws',
] as const

export type Fault = (typeof faults)[number]

interface Entry {
  readonly etag: string
  readonly payload: string
  readonly writeId: string
  readonly writtenAt: number
  readonly keepMs: number | undefined
}

/** A store in memory with one fault, or none. */
export class BrokenStore implements StoreUnderTest {
  readonly #fault: Fault | undefined
  readonly #now: () => number
  readonly #entries = new Map<string, Entry[]>()
  readonly #removed = new Set<string>()
  readonly #oldIds = new Set<string>()
  #listeners: ((key: string | undefined) => void)[] = []
  #count = 0
  #told = 0

  constructor(fault: Fault | undefined, now: () => number) {
    this.#fault = fault
    this.#now = now
  }

  readonly read: StoreUnderTest['read'] = async key => {
    const entries = this.#alive(key)
    const entry = this.#is('reads the write before the last one')
      ? (entries.at(-2) ?? entries.at(-1))
      : entries.at(-1)
    return entry && this.#stored(entry, entries[0])
  }

  readonly write: StoreUnderTest['write'] = async (key, payload, options) => {
    const refused = this.#refusal(key, options)
    if (this.#is('compares before it waits')) await Promise.resolve()
    if (refused !== undefined) {
      if (this.#is('tells of refused writes')) this.#tell(key)
      return refused
    }
    const entries = this.#alive(key)
    const etag = this.#nextEtag(entries)
    const keepMs = this.#is('keeps the first time to keep') ? (entries[0] ?? options).keepMs : options.keepMs
    const kept = this.#is('trims payloads') ? payload.trim() : payload
    const entry = { etag, payload: kept, writeId: options.writeId, writtenAt: this.#now(), keepMs }
    this.#entries.set(this.#name(key), [...entries, entry])
    this.#removed.delete(key)
    this.#oldIds.add(`${key} ${options.writeId}`)
    if ((options.notify ?? true) || this.#is('tells of silent writes')) this.#tell(key)
    return { ok: true, etag }
  }

  readonly watch: NonNullable<StoreUnderTest['watch']> = listener => {
    const isOne = this.#is('takes two watches of one function for one')
    const entry = isOne ? listener : (key: string | undefined) => listener(key)
    if (!this.#listeners.includes(entry)) this.#listeners.push(entry)
    return {
      [Symbol.dispose]: () => {
        if (this.#is('tells those who have left')) return
        this.#listeners = this.#listeners.filter(other => other !== entry)
      },
    }
  }

  readonly remove: NonNullable<StoreUnderTest['remove']> = async (key, { ifMatch }) => {
    const found = this.#alive(key).at(-1)
    if (found === undefined) return false
    if (found.etag !== ifMatch && !this.#is('removes whatever is there')) return false
    this.#removed.add(key)
    return this.#entries.delete(this.#name(key))
  }

  readonly keys: NonNullable<StoreUnderTest['keys']> = async function* (this: BrokenStore) {
    for (const key of this.#entries.keys()) if (this.#alive(key).length > 0) yield key
    if (this.#is('lists what was removed')) yield* this.#removed
  }.bind(this)

  #is(fault: Fault): boolean {
    return this.#fault === fault
  }

  #refusal(key: string, { ifMatch, writeId }: WriteOptionsUnderTest): WriteResultUnderTest | undefined {
    const entries = this.#alive(key)
    const current = entries.at(-1)
    const isOld = this.#is('remembers the ids of old writes') && this.#oldIds.has(`${key} ${writeId}`)
    const isRepeated = current?.writeId === writeId && !this.#is('forgets the ids of writes')
    if (current !== undefined && (isRepeated || isOld)) return { ok: true, etag: current.etag }
    if (this.#is('compares nothing')) return undefined
    if (ifMatch === null && this.#is('takes null for anything')) return undefined
    if (current === undefined && this.#is('writes with any etag where nothing is')) return undefined
    if ((current?.etag ?? null) === ifMatch) return undefined
    const isShown = current !== undefined && !this.#is('shows a refused writer nothing')
    return { ok: false, current: isShown ? this.#stored(current, entries[0]) : undefined }
  }

  #nextEtag(entries: readonly Entry[]): string {
    return this.#is('counts etags anew after a removal') ? `${entries.length + 1}` : `${++this.#count}`
  }

  #name(key: string): string {
    if (this.#is('takes keys without case')) return key.toLowerCase()
    if (this.#is('takes keys for members of an object') && key in {}) return 'a'
    return this.#is('cuts keys') ? key.slice(0, 255) : key
  }

  #alive(key: string): readonly Entry[] {
    const entries = this.#entries.get(this.#name(key)) ?? []
    const last = entries.at(-1)
    if (last === undefined || this.#is('keeps everything for ever')) return entries
    const keepMs = last.keepMs ?? (this.#is('keeps nothing for ever') ? 500 : Number.POSITIVE_INFINITY)
    return this.#now() - last.writtenAt <= keepMs ? entries : []
  }

  #stored(
    { etag, payload, writtenAt }: Entry,
    first: Entry | undefined,
  ): { etag: string; payload: string; ageMs: number } {
    if (this.#is('knows no age')) return { etag, payload, ageMs: 0 }
    const since = this.#is('takes the age of the first write') ? (first?.writtenAt ?? writtenAt) : writtenAt
    return { etag, payload, ageMs: this.#now() - since }
  }

  #tell(key: string): void {
    if (this.#is('tells of nothing but the first write') && this.#told++ > 0) return
    for (const listener of this.#listeners) {
      try {
        listener(key)
      } catch (error) {
        if (this.#is('passes on what a listener throws')) throw error
      }
    }
  }
}
