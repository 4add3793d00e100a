import { clientSecretPost, createUserTokens, memoryStore, passwordGrant } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { seededRandom } from '@evergrant/testing'
import { ManyTimersClock } from './many-timers-clock.test-support.ts'

/** What a simulated fleet is like. */
interface TrafficOptions {
  readonly instances: number
  readonly hasWatch: boolean
  /** How long an access token lives. */
  readonly lifetimeMs: number
  /** How often each instance asks for the token. */
  readonly askEveryMs: number
  readonly seed?: number | undefined
}

/** What one instance did with its store. */
interface Operations {
  reads: number
  writes: number
}

interface Instance {
  readonly tokens: TokenManager
  readonly operations: Operations
}

/** What a fleet caused since it was last asked. */
export interface Traffic {
  /** The answers of the token endpoint. */
  readonly tokenRequests: number
  readonly refusedRequests: number
  /** When the token requests came. */
  readonly requestedAt: readonly number[]
  /** The store operations of each instance. */
  readonly operations: readonly number[]
  readonly writes: number
  readonly calls: number
  readonly failedCalls: number
  readonly longestWaitMs: number
}

const [storeLatencyMs, endpointLatencyMs] = [4, 100]

/**
 * Many instances of an application with one credential, in virtual time. Each has a store of its own over shared data, as
 * processes have, so that they share nothing else; the server ends the session when a refresh token comes twice.
 */
export class SimulatedFleet {
  readonly clock: ManyTimersClock = new ManyTimersClock()
  readonly #emulator: Emulator
  readonly #data: TokenStore
  readonly #random: () => number
  readonly #options: TrafficOptions
  #instances: readonly Instance[] = []
  #calls = 0
  #failedCalls = 0
  #longestWaitMs = 0

  private constructor(options: TrafficOptions) {
    const { wall: now, schedule } = this.clock
    this.#options = options
    this.#random = seededRandom(options.seed ?? 1)
    this.#emulator = createEmulator({ now, schedule })
    this.#data = memoryStore({ clock: this.clock })
  }

  /** Starts the instances; one of them signs in, and all have the first token. */
  static async start(options: TrafficOptions): Promise<SimulatedFleet> {
    const fleet = new SimulatedFleet(options)
    const { travis } = fleet.#emulator
    travis.configure({ rotation: 'reuse-detection' })
    travis.setLifetimes({ accessTokenMs: options.lifetimeMs, refreshTokenMs: 1000 * options.lifetimeMs })
    fleet.#instances = Array.from({ length: options.instances }, (_, index) => fleet.#instance(index))
    const [first] = fleet.#instances
    void first?.tokens.signIn(passwordGrant(travis.credentials.customers[0]))
    await fleet.clock.advance(1000)
    for (const { tokens } of fleet.#instances) fleet.#ask(tokens)
    await fleet.clock.advance(1000)
    fleet.#reset()
    return fleet
  }

  /** Lets instances ask in their turns for so long. */
  async use(forMs: number): Promise<Traffic> {
    const { askEveryMs } = this.#options
    const endAt = this.clock.monotonic() + forMs
    for (const { tokens } of this.#instances) {
      const ask = (): void => {
        if (this.clock.monotonic() >= endAt) return
        this.#ask(tokens)
        this.clock.schedule(ask, askEveryMs)
      }
      // Whole tenths of a second: the simulation then has few instants.
      this.clock.schedule(ask, Math.floor((this.#random() * askEveryMs) / 100) * 100)
    }
    await this.clock.advance(forMs)
    return this.#reset()
  }

  /** Nobody asks until the token has expired; then all do so at the same instant, `times` times. */
  async sleepAndWake(times: number): Promise<Traffic> {
    // A token that was in use is refreshed once more before anybody sleeps.
    await this.clock.advance(this.#options.lifetimeMs)
    this.#reset()
    for (let time = 0; time < times; time++) {
      await this.clock.advance(2 * this.#options.lifetimeMs)
      for (const { tokens } of this.#instances) this.#ask(tokens)
      await this.clock.advance(10_000)
    }
    return this.#reset()
  }

  async stop(): Promise<void> {
    const ends = this.#instances.map(({ tokens }) => tokens.dispose())
    await this.clock.advance(60_000)
    await Promise.all(ends)
  }

  #ask(tokens: TokenManager): void {
    const askedAt = this.clock.monotonic()
    this.#calls++
    const answered = (): void => {
      this.#longestWaitMs = Math.max(this.#longestWaitMs, this.clock.monotonic() - askedAt)
    }
    tokens.getAccessToken().then(answered, () => void this.#failedCalls++)
  }

  #instance(index: number): Instance {
    const { travis, fetch } = this.#emulator
    const { clientId, clientSecret } = travis.credentials.customers[0]
    const { tokenEndpoint, apiUrl } = travis.endpoints()
    const operations: Operations = { reads: 0, writes: 0 }
    const authorization = {
      provider: 'fleet',
      server: { tokenEndpoint, rotation: { mode: 'rotating' } },
      client: { clientId, authentication: clientSecretPost(clientSecret) },
      resource: { origins: [new URL(apiUrl).origin] },
    } as const
    const users = createUserTokens(authorization, {
      clock: this.clock,
      random: seededRandom(1000 + index),
      store: this.#store(operations),
      fetch: async (...request) => {
        await this.#pass(endpointLatencyMs / 2)
        const response = await fetch(...request)
        await this.#pass(endpointLatencyMs / 2)
        return response
      },
    })
    return { tokens: users.for('user-1'), operations }
  }

  #store(operations: Operations): TokenStore {
    const data = this.#data
    const onTheWay = (): Promise<void> => this.#pass(1 + Math.floor((this.#random() * storeLatencyMs) / 2))
    const later = (listener: () => void): void => {
      void onTheWay().then(listener)
    }
    return {
      read: async key => {
        operations.reads++
        await onTheWay()
        const stored = await data.read(key)
        await onTheWay()
        return stored
      },
      write: async (...write) => {
        operations.writes++
        await onTheWay()
        const result = await data.write(...write)
        await onTheWay()
        return result
      },
      ...(this.#options.hasWatch && {
        watch: listener => data.watch?.(key => later(() => listener(key))) as Disposable,
      }),
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise(resolve => void this.clock.schedule(resolve, ms))
  }

  #reset(): Traffic {
    const { journal } = this.#emulator
    const requests = journal.entries({ kind: 'token' })
    const traffic: Traffic = {
      tokenRequests: requests.length,
      refusedRequests: requests.filter(({ status }) => status !== 200).length,
      requestedAt: requests.map(({ at }) => at),
      operations: this.#instances.map(({ operations: { reads, writes } }) => reads + writes),
      writes: this.#instances.reduce((sum, { operations }) => sum + operations.writes, 0),
      calls: this.#calls,
      failedCalls: this.#failedCalls,
      longestWaitMs: this.#longestWaitMs,
    }
    journal.clear()
    for (const { operations } of this.#instances) Object.assign(operations, { reads: 0, writes: 0 })
    this.#calls = this.#failedCalls = this.#longestWaitMs = 0
    return traffic
  }
}
