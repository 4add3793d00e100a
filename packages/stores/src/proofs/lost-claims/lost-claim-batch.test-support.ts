import { setTimeout as wait } from 'node:timers/promises'
import { parseRecord } from '@evergrant/core/record'
import type { TokenRecord } from '@evergrant/core/record'
import { agreementOf, judgeRun } from './lost-claim-judgement.test-support.ts'
import type { Agreement, RunFacts, RunVerdict } from './lost-claim-judgement.test-support.ts'
import type { LostClaimProcess } from './lost-claim-process.test-support.ts'
import { graceMsOf, LedgerServer, lifetimeMs, sessionOf } from './lost-claim-server.test-support.ts'
import type { ServerGate } from './lost-claim-server.test-support.ts'
import { habits } from './lost-claim-run.test-support.ts'
import type { Habit, Moment, RunPlan } from './lost-claim-run.test-support.ts'
import type { RunAnswer, RunCommand } from './lost-claim-worker.test-support.ts'

/** How the processes of a batch are set up. */
export interface BatchSetUp {
  readonly timeoutMs: number
  readonly holdMs: number
  /** How far the wall clock of each process is wrong. Default not at all. */
  readonly wallAheadMs?: readonly number[] | undefined
}

/** What became of a run. */
export interface RunResult extends RunVerdict {
  readonly plan: RunPlan
  readonly facts: RunFacts
}

const callers = 3
/** In a terminal state a process looks into the store once a second: what it says for longer than that is its answer. */
const certainAfterMs = 1300
/** Until then all must say the same. */
const longestMs = 15_000

/** Runs that meet one fault together: the first process holds the claims, and the others want the tokens too. */
export class LostClaimBatch {
  readonly #processes: readonly LostClaimProcess[]
  readonly #plans: readonly RunPlan[]
  readonly #setUp: BatchSetUp
  readonly #servers = new Map<Habit, LedgerServer>()
  readonly #sessions = new Map<string, string>()
  readonly #gates = new Map<string, ServerGate>()
  readonly #asked: Promise<unknown>[] = []
  readonly #claimed: Promise<unknown>[] = []
  #aheadMs = 0
  #hasStood = false

  constructor(processes: readonly LostClaimProcess[], plans: readonly RunPlan[], setUp: BatchSetUp) {
    this.#processes = processes
    this.#plans = plans
    this.#setUp = setUp
  }

  /** Signs everybody in, and lets their access tokens expire. */
  async prepare(): Promise<void> {
    for (const habit of habits) this.#servers.set(habit, await LedgerServer.start(habit))
    await this.#each(async plan => {
      await Promise.all(this.#processes.map((_, index) => this.#open(plan, index)))
      await this.#signIn(plan)
      if (!plan.areOthersLate) await this.#askAll(plan)
      const refresh = (await this.#record(plan))?.refresh
      if (refresh === undefined) throw new Error(`${plan.name} has no refresh token.`)
      this.#sessions.set(plan.name, sessionOf(refresh.token))
    })
    await this.#expire()
  }

  /** The first process asks; resolves when each of its exchanges has come to its moment. */
  async claim(): Promise<void> {
    await this.#each(async plan => {
      const isAtServer = plan.moment === 'sent' || plan.moment === 'delayed'
      const gate = isAtServer ? this.#serverOf(plan).gate(this.#sessionOf(plan)) : undefined
      if (gate) this.#gates.set(plan.name, gate)
      const paused = gate?.arrived ?? this.#processes[0]?.untilPaused(plan.name)
      const pauseAt = gate ? undefined : plan.moment
      await this.#askUntil(paused, plan, pauseAt)
    })
  }

  /** The others ask: of the runs where they come before the fault, or of those where they come after it. */
  others(when: 'early' | 'late'): void {
    for (const plan of this.#plans) {
      if ((when === 'late') !== plan.areOthersLate) continue
      this.#processes.forEach((_, index) => {
        if (index > 0) this.#asked.push(this.#tell(index, plan, { do: 'ask', callers }))
      })
    }
  }

  /** Requests that wait at the server go on: those of a moment. */
  answer(moment: 'sent' | 'delayed'): void {
    for (const plan of this.#plans) if (plan.moment === moment) this.#gates.get(plan.name)?.open()
  }

  /**
   * The first process stops. `exchange`: when it wakes, its exchanges go on before anything else; `timers`: what became
   * due meanwhile comes first.
   */
  async stand(first: 'exchange' | 'timers'): Promise<void> {
    this.#hasStood = true
    const runs = this.#plans.map(({ name }) => name)
    if (first === 'timers') return this.#holder.stand()
    void this.#holder.tell('', { do: 'stand', runs })
    await this.#holder.untilStanding()
  }

  /** It goes on, and its exchanges too. */
  wake(): void {
    this.go()
    this.#holder.wake()
  }

  /** The exchanges of the first process go on. */
  go(): void {
    for (const plan of this.#plans) void this.#tell(0, plan, { do: 'go' })
  }

  /** Whoever asked the first process has an answer. */
  async untilClaimsEnd(): Promise<void> {
    await Promise.all(this.#claimed)
  }

  /** Asks everybody until they agree, once more after the next expiry, and judges. */
  async finish(): Promise<readonly RunResult[]> {
    await Promise.all([...this.#claimed, ...this.#asked])
    const first = await this.#each(async plan => {
      const agreed = await this.#agreement(plan)
      const stored = (await this.#record(plan))?.refresh?.token
      const isAccepted = agreed.kind === 'token' && (await this.#serverOf(plan).accepts(agreed.token))
      return { agreed, isAccepted, stored, during: this.#redemptions(plan) }
    })
    await this.#expire()
    const second = await this.#each(async plan => {
      const agreedAfter = await this.#agreement(plan)
      return { agreedAfter, redemptions: this.#redemptions(plan) }
    })
    await this.#each(plan => this.#askAll(plan))
    return this.#plans.map((plan, index) => {
      const [{ during, ...before }, { agreedAfter, redemptions }] = [first[index]!, second[index]!]
      const facts = {
        ...before,
        habit: plan.habit,
        stood: this.#hasStood && !plan.areOthersLate ? this.#holder.id : undefined,
        during,
        after: redemptions.slice(during.length),
        agreedAfter,
        later: this.#redemptions(plan).length - redemptions.length,
      }
      return { plan, facts, ...judgeRun(facts) }
    })
  }

  async stop(): Promise<void> {
    await this.#each(plan =>
      Promise.all(this.#processes.map((_, index) => this.#tell(index, plan, { do: 'close' }))),
    )
    for (const server of this.#servers.values()) await server.close()
  }

  async #open(plan: RunPlan, index: number): Promise<void> {
    const { timeoutMs, holdMs, wallAheadMs } = this.#setUp
    const task = {
      ...this.#serverOf(plan).place,
      address: plan.address,
      graceMs: graceMsOf(plan.habit),
      timeoutMs,
      holdMs,
      wallAheadMs: wallAheadMs?.[index] ?? 0,
    }
    const { errors } = await this.#tell(index, plan, { do: 'open', task })
    if (errors.length > 0) throw new Error(`${plan.name} cannot be opened: ${errors.join()}`)
  }

  // On a busy machine a caller may lose its patience before the moment has come; the gate stays armed.
  async #askUntil(paused: Promise<unknown> | undefined, plan: RunPlan, pauseAt?: Moment): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const asked = this.#tell(0, plan, { do: 'ask', callers, pauseAt: tries === 0 ? pauseAt : undefined })
      this.#claimed.push(asked)
      const isPaused = await Promise.race([paused?.then(() => true), asked.then(() => wait(200, false))])
      if (isPaused) return
    }
    throw new Error(`${plan.name} does not come to its moment.`)
  }

  // The first statements of a cold machine may take longer than the patience of a run.
  async #signIn(plan: RunPlan): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { errors } = await this.#tell(0, plan, { do: 'sign-in' })
      if (errors.length === 0) return
      if (tries === 30) throw new Error(`${plan.name} cannot sign in: ${errors.join()}`)
    }
  }

  async #agreement(plan: RunPlan): Promise<Agreement> {
    const until = performance.now() + longestMs
    let last: Agreement = { kind: 'nothing yet' }
    let since = performance.now()
    while (performance.now() < until) {
      const now = agreementOf(await this.#askAll(plan))
      if (JSON.stringify(now) !== JSON.stringify(last)) since = performance.now()
      last = now
      const isAnswer = now.kind === 'token' || now.kind === 'person'
      if (isAnswer && performance.now() - since >= certainAfterMs) break
      await wait(300)
    }
    return last
  }

  async #expire(): Promise<void> {
    const byMs = lifetimeMs + 1000
    this.#aheadMs += byMs
    for (const server of this.#servers.values()) server.advance(byMs)
    const command = { do: 'advance', aheadMs: this.#aheadMs } as const
    await this.#each(plan => Promise.all(this.#processes.map((_, index) => this.#tell(index, plan, command))))
  }

  async #record(plan: RunPlan): Promise<TokenRecord | undefined> {
    const { payload } = await this.#tell(1, plan, { do: 'look' })
    return payload === undefined ? undefined : parseRecord(payload)
  }

  #askAll(plan: RunPlan): Promise<readonly RunAnswer[]> {
    return Promise.all(this.#processes.map((_, index) => this.#tell(index, plan, { do: 'ask', callers })))
  }

  #tell(index: number, { name }: RunPlan, command: RunCommand): Promise<RunAnswer> {
    return this.#processes[index]!.tell(name, command)
  }

  #each<T>(work: (plan: RunPlan) => Promise<T>): Promise<readonly T[]> {
    return Promise.all(this.#plans.map(work))
  }

  get #holder(): LostClaimProcess {
    return this.#processes[0]!
  }

  #serverOf({ habit }: RunPlan): LedgerServer {
    return this.#servers.get(habit)!
  }

  #sessionOf({ name }: RunPlan): string {
    return this.#sessions.get(name)!
  }

  #redemptions(plan: RunPlan): RunFacts['during'] {
    return this.#serverOf(plan).redemptions(this.#sessionOf(plan))
  }
}
