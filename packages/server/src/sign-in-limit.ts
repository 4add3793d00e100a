import { TooManyAttemptsError } from '@evergrant/core'
import type { Stored } from '@evergrant/core'
import { readStored, writeStored } from '@evergrant/core/record'
import type { StorePlace } from '@evergrant/core/record'
import { base64url } from 'jose'
import { networkOf } from './network-of.ts'

/** How many tries are allowed. */
export interface SignInLimits {
  readonly perAccount: number
  readonly perAddress: number
  readonly windowMs: number
}

/** Five tries per account and twenty per address in a quarter of an hour. */
export const defaultLimits: SignInLimits = { perAccount: 5, perAddress: 20, windowMs: 15 * 60_000 }

/** A try that was counted. */
export interface CountedTry {
  /** Takes it back: it said nothing about a password, or it was the right one. */
  readonly refund: () => Promise<void>
}

interface Counter {
  readonly count: number
  /** What was left of the window at the write, in milliseconds. */
  readonly leftMs: number
}

const mostConflicts = 8

/**
 * Counts tries to sign in, in the store, so that all instances count together and the route is no oracle for passwords.
 * A try is counted before it is made; concurrent tries cannot slip through. Neither account names nor addresses are
 * stored, only their hashes.
 */
export class SignInLimit {
  readonly #place: Omit<StorePlace, 'key'>
  readonly #limits: SignInLimits

  constructor(place: Omit<StorePlace, 'key'>, limits: SignInLimits) {
    this.#place = place
    this.#limits = limits
  }

  /**
   * Counts one try.
   * @throws {TooManyAttemptsError} the account or the address has none left
   * @throws {StoreError} it cannot be counted
   */
  async count(realm: string, username: string, address: string | undefined): Promise<CountedTry> {
    const keys: string[] = []
    // The address first: whoever has used it up cannot fill the store with names of accounts.
    if (address !== undefined && address !== '') {
      keys.push(await this.#take(`address ${realm} ${networkOf(address)}`, this.#limits.perAddress))
    }
    // Without what nobody sees: some servers ignore it, and then every spelling would have tries of its own.
    const account = username
      .normalize('NFKC')
      .replace(/[\p{C}\p{Z}]/gu, '')
      .toLowerCase()
    keys.push(await this.#take(`account ${realm} ${account}`, this.#limits.perAccount))
    return { refund: () => this.#giveBack(keys) }
  }

  async #take(name: string, most: number): Promise<string> {
    const { clock } = this.#place
    const key = await keyOf(name)
    const isTaken = await this.#change(key, ({ count, leftMs }) => {
      if (count >= most) throw tooMany(clock.wall() + leftMs)
      return count + 1
    })
    // Others count all the time: then the limit is near, and nobody is let through unseen.
    if (!isTaken) throw tooMany(clock.wall() + 1000)
    return key
  }

  async #giveBack(keys: readonly string[]): Promise<void> {
    // It is a courtesy: a store that fails now must not turn a success into an error.
    await Promise.all(
      keys.map(key => this.#change(key, ({ count }) => Math.max(0, count - 1)).catch(() => false)),
    )
  }

  async #change(key: string, next: (counter: Counter) => number): Promise<boolean> {
    const place = { ...this.#place, key }
    let stored = await readStored(place)
    for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
      const counter = this.#counterOf(stored)
      const payload = JSON.stringify({ count: next(counter), leftMs: counter.leftMs })
      const result = await writeStored(place, payload, {
        ifMatch: stored?.etag ?? null,
        writeId: crypto.randomUUID(),
        keepMs: counter.leftMs,
        notify: false,
      })
      if (result.ok) return true
      stored = result.current
    }
    return false
  }

  #counterOf(stored: Stored | undefined): Counter {
    const fresh = { count: 0, leftMs: this.#limits.windowMs }
    if (stored === undefined) return fresh
    const { count, leftMs } = JSON.parse(stored.payload) as Counter
    const left = Math.ceil(leftMs - stored.ageMs)
    return left > 0 ? { count, leftMs: left } : fresh
  }
}

function tooMany(retryAt: number): TooManyAttemptsError {
  return new TooManyAttemptsError('Too many tries to sign in. Wait a while, then try again.', { retryAt })
}

async function keyOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `evergrant-sign-in-limit/${base64url.encode(new Uint8Array(digest, 0, 18))}`
}
