import type { AccessTokenSource } from '@evergrant/core/source'

/** Time, as subscriptions see it. */
export interface ExpiryClock {
  /** Epoch milliseconds. */
  wall(): number
  /** Calls `callback` once after `delayMs`; returns a function that cancels. */
  schedule(callback: () => void, delayMs: number): () => void
}

/** A source that may know when its access token ends, as token managers and the tokens of a page do. */
export type ExpiringSource = Pick<AccessTokenSource, 'authorize' | 'getAccessToken' | 'settle'> & {
  /** What is known now: `expiresAt` in epoch milliseconds. Absent: subscriptions last until the server ends them. */
  readonly getSnapshot?: (() => object) | undefined
}

/** What a watch works with. */
export interface ExpiryWatchOptions {
  /** When the access token in use ends, in epoch milliseconds. Default: what the source's `getSnapshot` says. */
  readonly expiresAt?: (() => number | undefined) | undefined
  /** Default: the platform's. */
  readonly clock?: ExpiryClock | undefined
  /** From 0 to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** No subscription begins anew more often, in milliseconds. */
const shortestDelayMs = 1000

/** No timer runs longer: a machine that slept must be able to look again. */
const longestTimerMs = 3_600_000

const longestLeadMs = 30_000

const systemClock: ExpiryClock = {
  wall: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    // Node.js returns an object that can be unreferenced, browsers a number.
    if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer)
  },
}

/**
 * Tells how long a connection may go on, in milliseconds: until one to two tenths of its token's life are left, at most a
 * minute. Pure; `random` spreads those that began together.
 */
export function renewalDelayMs(remainingMs: number, random: number): number {
  const leadMs = Math.min(longestLeadMs, remainingMs / 10)
  return Math.max(shortestDelayMs, remainingMs - leadMs * (1 + random))
}

/** Watches the access tokens that long connections were opened with. */
export class ExpiryWatch {
  readonly clock: ExpiryClock
  readonly #source: ExpiringSource
  readonly #expiresAt: () => number | undefined
  readonly #random: () => number

  constructor(source: ExpiringSource, { expiresAt, clock, random }: ExpiryWatchOptions) {
    this.clock = clock ?? systemClock
    this.#source = source
    this.#expiresAt = expiresAt ?? (() => expiryIn(source.getSnapshot?.()))
    this.#random = random ?? Math.random
  }

  /**
   * Calls `onRenewed` once, shortly before the token in use ends and as soon as a newer one is there. Returns a function
   * that ends the watch. If no newer token comes, the connection stays until the server ends it.
   */
  start(onRenewed: () => void): () => void {
    const expiresAt = this.#expiresAt()
    const abort = new AbortController()
    if (expiresAt === undefined) return () => undefined
    const remainingMs = (): number => expiresAt - this.clock.wall()
    let cancel: (() => void) | undefined
    const wait = (delayMs: number): void => {
      const dueAt = this.clock.wall() + delayMs
      const look = (): void => {
        const leftMs = dueAt - this.clock.wall()
        if (leftMs > 0) cancel = this.clock.schedule(look, Math.min(leftMs, longestTimerMs))
        else void renew()
      }
      look()
    }
    const renew = async (): Promise<void> => {
      const { signal } = abort
      const leftMs = remainingMs()
      // A refresh that fails leaves the token in use as it is; there is time to try again.
      await this.#source.getAccessToken({ minTtlMs: Math.max(0, leftMs) + 1, signal }).catch(() => undefined)
      if (signal.aborted) return
      if ((this.#expiresAt() ?? 0) > expiresAt) onRenewed()
      else if (leftMs > 0) wait(Math.max(shortestDelayMs, leftMs / 2))
    }
    wait(renewalDelayMs(remainingMs(), this.#random()))
    return () => {
      abort.abort()
      cancel?.()
    }
  }
}

function expiryIn(snapshot: object = {}): number | undefined {
  return 'expiresAt' in snapshot && typeof snapshot.expiresAt === 'number' ? snapshot.expiresAt : undefined
}

/** Waits as graphql-ws and graphql-sse do by themselves: a second, then twice as long each time, with chance. */
export function backOff(retries: number): Promise<void> {
  return new Promise(resolve => void setTimeout(resolve, 2 ** retries * 1000 + 300 + Math.random() * 2700))
}
