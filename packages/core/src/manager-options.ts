import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { EventListener } from './events.ts'
import { processMemoryStore } from './memory-store.ts'
import type { TokenStore } from './store.ts'

/** Options that {@link createTokenManager} and {@link createUserTokens} share. */
export interface SharedOptions {
  /** Where records live. Default: this process's memory, shared by all managers of the process. */
  readonly store?: TokenStore | undefined
  /** Receives every event, without secrets. What it throws is ignored. */
  readonly onEvent?: EventListener | undefined
  /**
   * What happens when a token has expired, or is about to, while the store is down, and only a refresh token can renew it. `wait`: calls
   * throw a `StoreError` until the store is back, because another process may have used the refresh token. `refresh`: this
   * process uses it all the same; two that do so can end the session at a server which refuses reuse. Default `wait`.
   */
  readonly onStoreOutage?: 'wait' | 'refresh' | undefined
  /**
   * How long a call waits for one exchange, in milliseconds. Default 10 000. The exchange itself goes on. The store has
   * half of it to answer.
   */
  readonly timeoutMs?: number | undefined
  /** How long others wait for this process's claim, and how long an exchange may live. Default 25 000. */
  readonly holdMs?: number | undefined
  /** Sends token requests and API requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Default: the platform's clocks and timers. */
  readonly clock?: Clock | undefined
  /** A number from 0 to 1, for jitter and ids. Default: from `crypto`. */
  readonly random?: (() => number) | undefined
  /** Keeps a runtime alive that freezes after the response (serverless): receives every exchange. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** {@link SharedOptions} with every default filled in. */
export interface ResolvedOptions {
  readonly store: TokenStore
  readonly clock: Clock
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  readonly onStoreOutage: 'wait' | 'refresh'
  readonly timeoutMs: number
  readonly holdMs: number
  readonly onEvent: EventListener | undefined
  readonly waitUntil: (work: Promise<unknown>) => void
}

/**
 * Fills in the defaults.
 * @throws {ConfigurationError} an option is of the wrong kind, a duration is not positive, or the hold is shorter than
 * the wait; every fault is named
 */
export function resolveOptions(given: SharedOptions): ResolvedOptions {
  const options = given ?? {}
  const timeoutMs = options.timeoutMs ?? 10_000
  const holdMs = options.holdMs ?? Math.max(25_000, timeoutMs)
  const problems = optionProblems(options)
  for (const [name, value] of Object.entries({ timeoutMs, holdMs })) {
    if (!Number.isFinite(value) || value <= 0)
      problems.push(`${name} must be a positive number of milliseconds.`)
  }
  if (holdMs < timeoutMs) problems.push('holdMs must not be shorter than timeoutMs.')
  if (problems.length > 0) throw new ConfigurationError('The options cannot work', problems)
  const clock = options.clock ?? systemClock
  return {
    store: options.store ?? processMemoryStore(clock),
    clock,
    random: options.random ?? cryptoRandom,
    // Looked up at each call: test tools and instrumentation replace the global after we were created.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    onStoreOutage: options.onStoreOutage ?? 'wait',
    timeoutMs,
    holdMs,
    onEvent: options.onEvent,
    waitUntil: guarded(options.waitUntil),
  }
}

function optionProblems(options: SharedOptions): string[] {
  const { store, clock, fetch, random, onEvent, waitUntil, onStoreOutage = 'wait' } = options
  const problems: string[] = []
  for (const [name, value] of Object.entries({ fetch, random, onEvent, waitUntil })) {
    if (value !== undefined && typeof value !== 'function') problems.push(`${name} must be a function.`)
  }
  if (store !== undefined && !hasMethods(store, ['read', 'write'])) {
    problems.push('store must be a TokenStore, an object with read and write, such as memoryStore().')
  }
  if (!['wait', 'refresh'].includes(onStoreOutage)) {
    problems.push("onStoreOutage must be 'wait' or 'refresh'.")
  }
  if (clock !== undefined && !hasMethods(clock, ['wall', 'monotonic', 'schedule'])) {
    problems.push('clock must be an object with wall, monotonic and schedule.')
  }
  return problems
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return names.every(name => typeof (value as Record<string, unknown>)[name] === 'function')
}

// A runtime's hook throws outside a request; that must never break a refresh.
function guarded(waitUntil: SharedOptions['waitUntil']): (work: Promise<unknown>) => void {
  return work => {
    try {
      waitUntil?.(work)
    } catch {
      // The work goes on without it.
    }
  }
}

function cryptoRandom(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
