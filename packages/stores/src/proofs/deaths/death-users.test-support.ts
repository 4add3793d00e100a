import { setTimeout as sleep } from 'node:timers/promises'
import { createTokenManager, isEvergrantError, passwordGrant } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import type { StoreAddress } from '../connect-store.test-support.ts'
import type { Circumstance, DeathRun } from './death-points.test-support.ts'
import type { ForwardClock } from '../fleet/fleet-clock.test-support.ts'
import { stalledMs } from './death-stalls.test-support.ts'
import { fleetAuthorization, fleetTokens } from '../fleet/fleet-tokens.test-support.ts'
import type { FleetServer, FleetSurroundings } from '../fleet/fleet-tokens.test-support.ts'

/** What a process is told when it starts. */
export interface DeathTask extends FleetServer {
  readonly address: StoreAddress
}

/** What a process can be told. */
export interface DeathCommand {
  /** `recover`: ask until there is an outcome. `forget`: the user is needed no more. */
  readonly do: 'sign-in' | 'ask' | 'recover' | 'forget'
  readonly user: string
  readonly circumstance: Circumstance
  /** By how much the clock is put forward. */
  readonly aheadMs: number
  readonly death?: DeathRun | undefined
}

/** What it answers. */
export interface DeathAnswer {
  /** The user's key in the store. */
  readonly key: string
  readonly tokens: readonly string[]
  /** The names of errors. */
  readonly errors: readonly string[]
  readonly endedAt: number
  /** How long the process was without a core while it recovered. */
  readonly stalledMs: number
}

const callers = 5
const longestRecoverMs = 15_000

/** The users of a process, with a manager each. */
export class DeathUsers {
  readonly #task: DeathTask
  readonly #store: TokenStore
  readonly #clock: ForwardClock
  readonly #managers = new Map<string, TokenManager>()

  constructor(task: DeathTask, store: TokenStore, clock: ForwardClock) {
    this.#task = task
    this.#store = store
    this.#clock = clock
  }

  async obey(command: DeathCommand): Promise<DeathAnswer> {
    if (command.do === 'sign-in') await this.#signIn(command)
    const tokens = this.#of(command)
    if (command.do === 'forget') {
      this.#managers.delete(command.user)
      await tokens.dispose()
      return { key: tokens.key, tokens: [], errors: [], endedAt: Date.now(), stalledMs: 0 }
    }
    return command.do === 'recover' ? this.#recover(tokens) : ask(tokens)
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#managers.values()].map(tokens => tokens.dispose()))
  }

  // With more patience than a run has, because a machine that starts processes is slow.
  async #signIn({ user, circumstance }: DeathCommand): Promise<void> {
    const patient = { ...this.#task, timeoutMs: 20_000, holdMs: 20_000 }
    await using tokens = createTokens(patient, { clock: this.#clock, store: this.#store }, user, circumstance)
    if (circumstance === 're-grant') await tokens.getAccessToken()
    else await tokens.signIn(passwordGrant(this.#task))
  }

  // Whoever gets an error that passes calls again at once, as a service's next request does. A caller whose own patience
  // ends a moment before the others have their token is one of them.
  async #recover(tokens: TokenManager): Promise<DeathAnswer> {
    const stalledBeforeMs = stalledMs()
    const untilAt = Date.now() + longestRecoverMs
    for (;;) {
      const answered = await ask(tokens)
      const isOver = answered.errors.every(name => name === 'ReauthorizationRequiredError')
      if (isOver || Date.now() > untilAt) return { ...answered, stalledMs: stalledMs() - stalledBeforeMs }
      await sleep(20)
    }
  }

  #of({ user, circumstance }: DeathCommand): TokenManager {
    let tokens = this.#managers.get(user)
    if (tokens === undefined) {
      const surroundings = { clock: this.#clock, store: this.#store }
      tokens = createTokens(this.#task, surroundings, user, circumstance)
      this.#managers.set(user, tokens)
    }
    return tokens
  }
}

function createTokens(
  task: DeathTask,
  surroundings: FleetSurroundings,
  user: string,
  circumstance: Circumstance,
): TokenManager {
  const { timeoutMs, holdMs } = task
  if (circumstance === 're-grant') {
    const authorization = { ...fleetAuthorization(task), grant: passwordGrant(task) }
    return createTokenManager(authorization, { ...surroundings, timeoutMs, holdMs, key: user })
  }
  const graceMs = circumstance === 'grace' ? task.graceMs : undefined
  return fleetTokens({ ...task, graceMs }, surroundings, user)
}

async function ask(tokens: TokenManager): Promise<DeathAnswer> {
  const asked = Array.from({ length: callers }, () => tokens.getAccessToken())
  const results = await Promise.allSettled(asked)
  const given = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const errors = results.flatMap(result => (result.status === 'rejected' ? [nameOf(result.reason)] : []))
  return {
    key: tokens.key,
    tokens: [...new Set(given)],
    errors: [...new Set(errors)],
    endedAt: Date.now(),
    stalledMs: 0,
  }
}

function nameOf(error: unknown): string {
  return isEvergrantError(error) ? error.name : String(error)
}
