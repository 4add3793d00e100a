/** A small seeded generator (mulberry32): the same seed gives the same records on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Returns a whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** Returns a number from `min` to `max` with so many decimals. */
  decimal(min: number, max: number, decimals: number): number {
    return Number((min + this.next() * (max - min)).toFixed(decimals))
  }

  pick<const Items extends readonly [unknown, ...unknown[]]>(items: Items): Items[number] {
    return items[this.integer(0, items.length - 1)] ?? items[0]
  }

  /** Whether an event of this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Returns so many characters out of an alphabet; default decimal digits. */
  characters(length: number, alphabet = '0123456789'): string {
    return Array.from({ length }, () => alphabet[this.integer(0, alphabet.length - 1)]).join('')
  }

  /** Returns a UUID of version 4. */
  uuid(): string {
    const hex = this.characters(30, '0123456789abcdef')
    const variant = this.pick(['8', '9', 'a', 'b'])
    const [a, b, c] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 15)]
    return `${a}-${b}-4${c}-${variant}${hex.slice(15, 18)}-${hex.slice(18)}`
  }

  /** Returns an instant between two, as ISO 8601 with whole seconds. */
  instant(from: string, to: string): string {
    const [start, end] = [Date.parse(from) / 1_000, Date.parse(to) / 1_000]
    return new Date(this.integer(start, end) * 1_000).toISOString()
  }

  /** Returns a day between two, as `YYYY-MM-DD`. */
  day(from: string, to: string): string {
    return this.instant(from, to).slice(0, 10)
  }
}

/** Derives a seed of its own for each name: those of one seed are unlike each other, and always the same. */
export function seedFor(seed: number, name: string): number {
  let hash = seed ^ 0x811c9dc5
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}

/** Makes so many records. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
