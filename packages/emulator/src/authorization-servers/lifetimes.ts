import type { TokenLifetimes } from '../provider-emulator.ts'

// A hundred years, so that no expiry leaves the range of dates.
const longestMs = 3_155_760_000_000

/** Both lifetimes, in milliseconds. */
export interface InitialLifetimes {
  readonly accessTokenMs: number
  readonly refreshTokenMs: number
}

/** The lifetimes now in force, in milliseconds. */
export class Lifetimes {
  #accessTokenMs: number
  #refreshTokenMs: number

  constructor(initial: InitialLifetimes) {
    this.#accessTokenMs = initial.accessTokenMs
    this.#refreshTokenMs = initial.refreshTokenMs
  }

  get accessTokenMs(): number {
    return this.#accessTokenMs
  }

  get refreshTokenMs(): number {
    return this.#refreshTokenMs
  }

  /** @throws {RangeError} a lifetime is not a number of milliseconds above 0, or longer than a hundred years */
  set({ accessTokenMs, refreshTokenMs }: TokenLifetimes): void {
    for (const [name, ms] of Object.entries({ accessTokenMs, refreshTokenMs })) {
      if (ms !== undefined && !(ms > 0 && ms <= longestMs)) {
        throw new RangeError(`${name} is ${ms}: give a number of milliseconds above 0, up to ${longestMs}.`)
      }
    }
    this.#accessTokenMs = accessTokenMs ?? this.#accessTokenMs
    this.#refreshTokenMs = refreshTokenMs ?? this.#refreshTokenMs
  }
}
