import type { Rotation } from '../habits/habits.ts'

/** What the use of a refresh token turns out to be. `stale`: used, and others were used since. */
export type RefreshTokenUse = 'first' | 'in-grace' | 'replay' | 'stale'

const remembered = 1_000

/** The refresh tokens of one sign-in that have been used, and when. */
export class RefreshTokenUses {
  readonly #usedAt = new Map<string, number>()
  #last: string | undefined

  /** Judges the use of a refresh token at the instant `now`, and remembers it if the token rotates. */
  use(id: string, rotation: Rotation, now: number): RefreshTokenUse {
    if (rotation === 'off') return 'first'
    const usedAt = this.#usedAt.get(id)
    if (usedAt === undefined) {
      this.#remember(id, now)
      return 'first'
    }
    if (typeof rotation === 'object' && now < usedAt + rotation.graceMs) return 'in-grace'
    return this.#last === id ? 'replay' : 'stale'
  }

  #remember(id: string, now: number): void {
    this.#usedAt.set(id, now)
    this.#last = id
    const [oldest] = this.#usedAt.keys()
    if (this.#usedAt.size > remembered && oldest !== undefined) this.#usedAt.delete(oldest)
  }
}
