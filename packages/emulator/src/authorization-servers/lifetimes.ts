import type { TokenLifetimes } from '../provider-emulator.ts'

/** The lifetimes now in force, in milliseconds. */
export class Lifetimes {
  #accessTokenMs: number
  #refreshTokenMs: number

  constructor(initial: { readonly accessTokenMs: number; readonly refreshTokenMs: number }) {
    this.#accessTokenMs = initial.accessTokenMs
    this.#refreshTokenMs = initial.refreshTokenMs
  }

  get accessTokenMs(): number {
    return this.#accessTokenMs
  }

  get refreshTokenMs(): number {
    return this.#refreshTokenMs
  }

  /** @throws {RangeError} a lifetime is not a finite number of milliseconds above 0 */
  set({ accessTokenMs, refreshTokenMs }: TokenLifetimes): void {
    for (const [name, ms] of Object.entries({ accessTokenMs, refreshTokenMs })) {
      if (ms !== undefined && !(Number.isFinite(ms) && ms > 0)) {
        throw new RangeError(`${name} is ${ms}: give a finite number of milliseconds above 0.`)
      }
    }
    this.#accessTokenMs = accessTokenMs ?? this.#accessTokenMs
    this.#refreshTokenMs = refreshTokenMs ?? this.#refreshTokenMs
  }
}
