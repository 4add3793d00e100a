import { isReauthorizationRequiredError } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { settle, VirtualClock } from '@evergrant/testing'
import type { Scheduler } from 'fast-check'
import { lifetimeMs, ModelServer } from './model-server.test-support.ts'
import { ModelStore } from './model-store.test-support.ts'
import { MachineClock } from './scheduled-clock.test-support.ts'
import { ScheduledNetwork } from './scheduled-network.test-support.ts'
import { patienceOf } from './scheduled-plan.test-support.ts'
import type { Happening, Patience, Plan, Round, World } from './scheduled-plan.test-support.ts'
import { payloadOfSignIn, scheduledTokens } from './scheduled-tokens.test-support.ts'
import type { ScheduledProcess } from './scheduled-tokens.test-support.ts'

/** One process. */
interface Holder {
  readonly name: string
  readonly clock: MachineClock
  readonly tokens: TokenManager
  /** Whether the server has acted on a request of this holder whose answer is under way. */
  isAnswered: boolean
}

/** What became of a schedule. */
export interface Outcome {
  /** How often a caller was told that a person has to sign in. */
  readonly personAskedFor: number
  /** How many refresh tokens came to the server a second time. */
  readonly replays: number
  /** What the holders get at the end instead of the newest token; undefined: they get it. */
  readonly loss: string | undefined
  /** What reached the store and the server, in order. */
  readonly history: readonly string[]
}

/** Two holders of one refresh token, whose every meeting with the store and the server is a turn of the scheduler. */
export class ScheduledHolders {
  readonly #scheduler: Scheduler
  readonly #time = new VirtualClock()
  readonly #patience: Patience
  readonly #server: ModelServer
  readonly #store: ModelStore
  readonly #network: ScheduledNetwork
  readonly #holders: readonly Holder[]
  #outages: boolean[] = []
  #personAskedFor = 0

  private constructor(scheduler: Scheduler, world: World, skewsMs: readonly number[]) {
    this.#scheduler = scheduler
    this.#patience = patienceOf[world.habit]
    this.#server = new ModelServer(world.habit, 1)
    this.#store = new ModelStore(() => this.#time.monotonic())
    this.#network = new ScheduledNetwork(scheduler, this.#store, world)
    this.#holders = skewsMs.map((skewMs, index) => this.#holder(index, skewMs))
  }

  /** Runs one schedule: rounds of trouble, each followed by quiet, and then what everybody holds. */
  static async run(scheduler: Scheduler, world: World, plan: Plan): Promise<Outcome> {
    const holders = new ScheduledHolders(scheduler, world, plan.skewsMs)
    await holders.#signIn()
    if (plan.isWarm) await holders.#warm()
    for (const round of plan.rounds) await holders.#run(round)
    return holders.#end(plan.firstHolder)
  }

  /** Somebody has signed in, a token's life ago. */
  async #signIn(): Promise<void> {
    this.#store.write(await payloadOfSignIn(), { ifMatch: null, writeId: 'sign-in' }, 'sign-in')
    await this.#time.advance(lifetimeMs + 1000)
  }

  async #warm(): Promise<void> {
    this.#network.quieten()
    for (const { tokens } of this.#holders) await tokens.load()
  }

  #holder(index: number, skewMs: number): Holder {
    const name = index === 0 ? 'A' : 'B'
    const clock = new MachineClock(this.#time, skewMs)
    const store = this.#network.connect(name)
    const server: ScheduledProcess['server'] = (...request) => this.#request(holder, ...request)
    const tokens = scheduledTokens({ clock, store, server, seed: index, ...this.#patience })
    const holder: Holder = { name, clock, tokens, isAnswered: false }
    return holder
  }

  async #request(holder: Holder, parameters: URLSearchParams, signal: AbortSignal): Promise<Response> {
    const what = parameters.get('refresh_token')?.replace('fake-', '') ?? ''
    await this.#network.turn(`${holder.name}: ${what} reaches the server`)
    signal.throwIfAborted()
    if (this.#outages.shift()) return new Response(null, { status: 503 })
    const response = this.#server.answer(parameters)
    this.#network.history.push(`${holder.name}: ${what} is answered with ${response.status}`)
    holder.isAnswered = true
    await this.#network.turn(`${holder.name}: the answer to ${what} arrives`)
    holder.isAnswered = false
    return response
  }

  async #run({ happenings, fates, outages }: Round): Promise<void> {
    this.#network.trouble(fates)
    this.#outages = [...outages]
    for (const { tokens } of this.#holders) tokens.rest()
    const asks = this.#holders.map((_, holder) => ({ kind: 'ask', holder, isForced: false }) as const)
    for (const happening of [...asks, ...happenings]) {
      const builder = (): Promise<void> => this.#happen(happening)
      this.#scheduler.scheduleSequence([{ builder, label: this.#labelOf(happening) }])
    }
    await settle()
    while (this.#scheduler.count() > 0) {
      await this.#scheduler.waitNext(1)
      await settle()
    }
    await this.#quieten()
  }

  #labelOf(happening: Happening): string {
    if (happening.kind === 'time') return `${happening.ms} ms pass`
    if (happening.kind === 'fall back') return `a failover loses ${happening.count}`
    const name = this.#holders[happening.holder]?.name ?? ''
    if (happening.kind === 'sleep') return `${name} sleeps for ${happening.ms} ms`
    return `${name} asks${happening.isForced ? ' for a new token' : ''}`
  }

  async #happen(happening: Happening): Promise<void> {
    if (happening.kind === 'fall back') return this.#network.fallBack(happening.count)
    const holder = 'holder' in happening ? this.#holders[happening.holder] : undefined
    if (happening.kind === 'ask') return void (holder && this.#ask(holder, happening.isForced))
    const other = this.#holders.find(each => each !== holder)
    if (holder === undefined || other === undefined) return this.#pass(happening.ms, undefined)
    void this.#ask(other, false)
    await this.#network.unhindered(other.name, () => this.#pass(happening.ms, holder))
  }

  // An answer that comes after its request was given up is a lost answer, and nobody can know then what is live: before
  // it is there, time passes only for a machine that sleeps.
  async #pass(ms: number, sleeper: Holder | undefined): Promise<void> {
    if (this.#holders.some(holder => holder !== sleeper && holder.isAnswered)) return
    await (sleeper ? sleeper.clock.sleep(ms) : this.#time.advance(ms))
  }

  async #ask({ tokens }: Holder, forceRefresh: boolean): Promise<string> {
    try {
      return await tokens.getAccessToken({ forceRefresh })
    } catch (error) {
      if (isReauthorizationRequiredError(error)) this.#personAskedFor++
      return String(error)
    }
  }

  /** The network is good, and whoever waits or tries again comes to an end; then the tokens' lives are over. */
  async #quieten(): Promise<void> {
    this.#network.quieten()
    this.#outages = []
    await this.#time.advance(quietMs)
    for (const { tokens } of this.#holders) tokens.rest()
    await this.#time.advance(lifetimeMs)
  }

  /** Everybody asks, in either order, each time after a token's life. */
  async #end(firstHolder: number): Promise<Outcome> {
    const { mustWriteNext } = this.#network
    const isFirst = ({ name }: Holder): boolean =>
      mustWriteNext === undefined ? name === this.#holders[firstHolder]?.name : name === mustWriteNext
    const order = this.#holders.toSorted((left, right) => Number(isFirst(right)) - Number(isFirst(left)))
    let loss: string | undefined
    for (const holders of [order, order.toReversed()]) {
      loss ??= await this.#loss(holders)
      await this.#quieten()
    }
    const { history } = this.#network
    return { personAskedFor: this.#personAskedFor, replays: this.#server.replays, loss, history }
  }

  /** What the holders get instead of the newest token, although they ask in turn for longer than any claim holds. */
  async #loss(holders: readonly Holder[]): Promise<string | undefined> {
    let given: string[] = []
    for (let passedMs = 0; passedMs < quietMs; passedMs += this.#patience.timeoutMs) {
      given = []
      for (const holder of holders) given.push(await this.#obtain(holder))
      if (given.every(token => token === this.#server.newest)) return undefined
      await this.#time.advance(this.#patience.timeoutMs)
    }
    return `${given.join(' and ')} instead of ${this.#server.newest}`
  }

  async #obtain(holder: Holder): Promise<string> {
    let given: string | undefined
    const asked = this.#ask(holder, false).then(answer => (given = answer))
    await settle()
    if (given === undefined) await this.#time.advance(this.#patience.timeoutMs)
    return asked
  }
}

/** Longer than a claim holds and than a holder waits before it tries to save again. */
const quietMs = 75_000
