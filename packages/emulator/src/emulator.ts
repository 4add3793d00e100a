import { EmulatorClock } from './clock.ts'
import type { Schedule } from './clock.ts'
import { runSteps } from './exchange.ts'
import type { Exchange, Step } from './exchange.ts'
import { createEmulatorFetch } from './emulator-fetch.ts'
import { applyFaults } from './faults/apply-faults.ts'
import { ProtocolError } from './http/protocol-error.ts'
import { RequestJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import type {
  IrisEmulator,
  TeamServerEmulator,
  TrafficStarsEmulator,
  TravisEmulator,
  TruphoneEmulator,
} from './provider-emulator.ts'
import type { BaseProvider } from './providers/base-provider.ts'
import { Iris } from './providers/iris.ts'
import { TeamServer } from './providers/team-server.ts'
import { TrafficStars } from './providers/trafficstars.ts'
import { Travis } from './providers/travis.ts'
import { Truphone } from './providers/truphone.ts'
import type { ProviderName } from './provider-name.ts'
import { seedFor } from './records/random.ts'
import { redactedPath } from './redacted-path.ts'
import { splitPath } from './routing.ts'

/** Options of {@link createEmulator}. */
export interface EmulatorOptions {
  /** Returns the time in epoch milliseconds; default `Date.now`. Time travel adds to it. */
  readonly now?: (() => number) | undefined
  /**
   * Calls back after `ms` milliseconds and returns a function that cancels; default `setTimeout`. Delays and slow
   * bodies wait with it, so a virtual clock's fits.
   */
  readonly schedule?: ((callback: () => void, ms: number) => () => void) | undefined
  /** Seeds the random choice that a fault's `share` makes, at each provider another; a whole number, default 1. */
  readonly seed?: number | undefined
}

/** Five authorization servers and the APIs behind them, offline. */
export interface Emulator {
  /**
   * Answers for the five providers' real hosts and for `http://emulator.test/<provider>/…`. Any other host
   * rejects as an unknown host does: `TypeError('fetch failed')` whose cause has the code `ENOTFOUND`.
   * Bound, so it can be passed as a value. Honours `signal`.
   */
  readonly fetch: typeof globalThis.fetch
  /** Answers one request by its path (`/travis/…`), whatever its host. Bound. */
  readonly handle: (request: Request) => Promise<Response>
  /** Returns the emulator's time in epoch milliseconds. It stands still at the end of the year 9999. Bound. */
  readonly now: () => number
  /**
   * Moves the emulator's clock forward by `ms` milliseconds. Bound.
   * @throws {RangeError} `ms` is negative or not a finite number, or the clock would pass the year 9999
   * @throws {AggregateError} several planned actions threw; what a single one throws is thrown as it is. The clock has
   *   moved all the same, and the other actions ran
   */
  readonly advance: (ms: number) => void
  /**
   * Runs `action` once the clock reaches `at` (epoch milliseconds): while time is advanced, at exactly that instant;
   * when the host's time goes on by itself, before the next request. Returns a function that cancels. Bound.
   * @throws {RangeError} `at` is not a finite number
   */
  readonly plan: (at: number, action: () => void) => () => void
  readonly journal: Journal
  readonly travis: TravisEmulator
  readonly trafficStars: TrafficStarsEmulator
  readonly teamServer: TeamServerEmulator
  readonly iris: IrisEmulator
  readonly truphone: TruphoneEmulator
}

/** Creates an emulator with its own clock, sessions and journal; two of them never accept each other's tokens. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return new FiveProviders(new EmulatorClock(options.now), options)
}

class FiveProviders implements Emulator {
  readonly fetch: typeof globalThis.fetch
  readonly journal = new RequestJournal()
  readonly travis: Travis
  readonly trafficStars: TrafficStars
  readonly teamServer: TeamServer
  readonly iris: Iris
  readonly truphone: Truphone
  readonly #clock: EmulatorClock
  readonly #providers: Readonly<Record<ProviderName, BaseProvider>>
  /** From the outside in: faults spoil what the refusals have become. */
  readonly #steps: readonly Step[]

  constructor(clock: EmulatorClock, { schedule = scheduleTimeout, seed = 1 }: EmulatorOptions) {
    this.#clock = clock
    this.travis = new Travis(clock, seedFor(seed, 'travis'))
    this.trafficStars = new TrafficStars(clock, seedFor(seed, 'trafficstars'))
    this.teamServer = new TeamServer(clock, seedFor(seed, 'team-server'))
    this.iris = new Iris(clock, seedFor(seed, 'iris'))
    this.truphone = new Truphone(clock, seedFor(seed, 'truphone'))
    this.#providers = {
      travis: this.travis,
      trafficstars: this.trafficStars,
      'team-server': this.teamServer,
      iris: this.iris,
      truphone: this.truphone,
    }
    const spoil = applyFaults(exchange => this.#providerOf(exchange), schedule)
    this.#steps = [
      this.#letPagesRead,
      this.#writeJournal,
      this.#stampDate,
      spoil,
      answerRefusals,
      this.#dispatch,
    ]
    this.fetch = createEmulatorFetch((request, path) => this.#answer(request, path, true))
  }

  readonly handle = (request: Request): Promise<Response> =>
    this.#answer(request, new URL(request.url).pathname, false)

  readonly now = (): number => this.#clock.now()

  readonly advance = (ms: number): void => this.#clock.advance(ms)

  readonly plan = (at: number, action: () => void): (() => void) => this.#clock.plan(at, action)

  async #answer(request: Request, path: string, isDecoded: boolean): Promise<Response> {
    this.#clock.runDue()
    const place = splitPath(path)
    const publicUrl = new URL(request.url)
    return runSteps(this.#steps, {
      request,
      publicUrl,
      path: place?.rest ?? path,
      query: publicUrl.searchParams,
      at: this.#clock.now(),
      isDecoded,
      facts: { kind: 'unknown', provider: place?.provider },
    })
  }

  /** Outermost: what a browser asks for itself is nobody's request, and a page reads errors and faults, too. */
  readonly #letPagesRead: Step = (exchange, next) => {
    const provider = this.#providerOf(exchange)
    return provider?.kindOf(exchange.path) === 'api'
      ? provider.pageOrigins.answer(exchange.request, next)
      : next()
  }

  readonly #writeJournal: Step = async (exchange, next) => {
    try {
      const response = await next()
      this.#record(exchange, response.status)
      return response
    } catch (error) {
      this.#record(exchange, 0)
      throw error
    }
  }

  #record({ at, facts, path, query, request }: Exchange, status: number): void {
    const { provider, kind, ...optional } = facts
    const base = provider === undefined ? '' : `/${provider}`
    const parameters = provider === undefined ? undefined : this.#providers[provider].apiParameters
    const shown = kind === 'api' ? parameters : undefined
    this.journal.record({
      at,
      ...(provider === undefined ? {} : { provider }),
      kind,
      method: request.method,
      path: redactedPath(base + path, query, shown ?? new Set(), status >= 200 && status < 300),
      ...optional,
      status,
    })
  }

  /** Gives every answer the date of the server it comes from: the API's clock may be apart. */
  readonly #stampDate: Step = async (exchange, next) => {
    const response = await next()
    const now = this.#providerOf(exchange)?.dateOf(exchange.path) ?? this.#clock.now()
    if (!response.headers.has('date')) response.headers.set('date', new Date(now).toUTCString())
    return response
  }

  #providerOf({ facts }: Exchange): BaseProvider | undefined {
    return facts.provider && this.#providers[facts.provider]
  }

  readonly #dispatch: Step = async exchange => {
    const { provider } = exchange.facts
    if (provider !== undefined) return this.#providers[provider].respond(exchange)
    const names = Object.keys(this.#providers).join('/, /')
    throw new ProtocolError(404, 'not_found', `No provider has this path. There are /${names}/.`)
  }
}

const answerRefusals: Step = async (exchange: Exchange, next) => {
  try {
    return await next()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    exchange.facts.error = error.error
    return error.toResponse()
  }
}

function scheduleTimeout(...[callback, ms]: Parameters<Schedule>): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
