import { setTimeout as sleep } from 'node:timers/promises'
import { DeathGate } from './death-gate.test-support.ts'
import type { DeathEnd, DeathProcess } from './death-process.test-support.ts'
import type { DeathRun } from './death-points.test-support.ts'
import { readRecord } from './death-records.test-support.ts'
import type { SeenRecord } from './death-records.test-support.ts'
import { startDeathServer } from './death-server.test-support.ts'
import type { DeathServer } from './death-server.test-support.ts'
import type { DeathStarts } from './death-starts.test-support.ts'
import type { DeathAnswer, DeathCommand, DeathTask } from './death-users.test-support.ts'
import { connectStore } from '../connect-store.test-support.ts'
import type { ConnectedStore, StoreAddress } from '../connect-store.test-support.ts'
import { stalledMs } from './death-stalls.test-support.ts'
import { lifetimeMs } from '../fleet/fleet.test-support.ts'

/** How long a claim holds where processes die, in milliseconds. */
export const holdMs = 1500
const graceMs = 30_000
const mostTries = 3
/** How long a process that was asked to end has for its farewell while others hold its bytes back, in milliseconds. */
const farewellMs = 50

/** How long a death may take, in milliseconds: far longer than any wait inside. */
const longestDeathMs = 10_000

/** What one death left behind, and what was seen of earlier tries that came too late to their moment. */
export interface DeathOutcome extends TriedDeath {
  readonly tries: number
  readonly earlierFaults: readonly string[]
}

interface TriedDeath extends Afterwards {
  readonly how: string
  /** From the call to the death. */
  readonly tookMs: number
  /** What its callers had already received. */
  readonly published: DeathAnswer | undefined
  readonly signedIn: SeenRecord
  readonly atDeath: SeenRecord
  /** How many answers the token endpoint had given when the process was dead. */
  readonly exchangesAtDeath: number
}

/** What the next process met. */
interface Afterwards {
  readonly recovered: DeathAnswer
  /**
   * Recovery: from the instant of the death to the first token, or the first error that only a person can end, which a
   * living process gives its callers. They call from then on, and again at once after every error that passes. What
   * that process and its server had to wait for a core is not part of it.
   */
  readonly recoveryMs: number
  /** The same by the clock on the wall. */
  readonly wallMs: number
  /** The token endpoint's answers until then, from the exchange that was broken off on. */
  readonly exchanges: readonly string[]
  readonly atEnd: SeenRecord
  /** Its answers when the living process was asked once more, and when the new token had expired. */
  readonly askedAgain: readonly string[]
  readonly afterExpiry: readonly string[]
}

interface LaneParts {
  readonly server: DeathServer
  readonly gate: DeathGate | undefined
  readonly own: ConnectedStore
  readonly task: DeathTask
  readonly survivor: DeathProcess
  readonly starts: DeathStarts
}

/** A place of a store with a server and a process that survives, where others die one after another. */
export class DeathLane {
  readonly #parts: LaneParts
  #aheadMs = 0
  #runs = 0

  private constructor(parts: LaneParts) {
    this.#parts = parts
  }

  static async start(address: StoreAddress, starts: DeathStarts): Promise<DeathLane> {
    const server = await startDeathServer()
    const { travis } = server.emulator
    travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 360_000_000 })
    const { tokenEndpoint, apiUrl } = travis.endpoints(server.url)
    const times = { timeoutMs: holdMs, holdMs, graceMs }
    const task = { ...travis.credentials.customers[0], tokenEndpoint, apiUrl, ...times, address }
    const own = await connectStore(address)
    // It outlasts a slow machine: how long it waits for another's claim, that claim says.
    const survivor = await starts.start({ ...task, timeoutMs: 10_000, holdMs: 20_000 })
    const gate = address.kind === 'file' ? undefined : await DeathGate.open(Number(address.at))
    return new DeathLane({ server, gate, own, task, survivor, starts })
  }

  /** Lets a process die, and another one go on. */
  async run(run: DeathRun): Promise<DeathOutcome> {
    const earlierFaults: string[] = []
    for (let tries = 1; ; tries++) {
      const outcome = { ...(await this.#tryRun(run)), tries, earlierFaults }
      // A process that came to its moment after its claim's end was kept from its work by the machine.
      const isSlow = outcome.how !== 'alive' && outcome.tookMs >= holdMs / 2
      if (!isSlow || tries === mostTries) return outcome
      // What came too late says nothing about time; a damaged record it says all the same.
      earlierFaults.push(...faultsOf(outcome))
    }
  }

  async #tryRun(run: DeathRun): Promise<TriedDeath> {
    const { travis, journal } = this.#parts.server.emulator
    travis.configure({ rotation: run.circumstance === 'grace' ? { graceMs } : 'reuse-detection' })
    const user = `user-${++this.#runs}`
    const victim = await this.#startVictim()
    try {
      const signedIn = await this.#tell(run.isWarm ? victim : this.#parts.survivor, 'sign-in', user, run)
      const before = await this.#read(signedIn.key)
      this.#expire()
      journal.clear()
      this.#prepare(victim, run)
      const askedAt = Date.now()
      const published = await victim.tell({ ...this.#command('ask', user, run), death: run })
      const { how, diedAt } = await Promise.race([victim.ended, survived()])
      const exchangesAtDeath = this.#exchanges.length
      const atDeath = await this.#read(signedIn.key)
      const afterwards = await this.#goOn(user, run, diedAt)
      const tookMs = diedAt - askedAt
      return { how, tookMs, published, signedIn: before, atDeath, exchangesAtDeath, ...afterwards }
    } finally {
      // A manager refreshes what was used in the background, and would be taken for the next run's.
      await this.#parts.survivor.tell(this.#command('forget', user, run))
      await victim.stop()
    }
  }

  async stop(): Promise<void> {
    await this.#parts.survivor.stop()
    await this.#parts.gate?.close()
    await this.#parts.own.close()
    await this.#parts.server.close()
  }

  /** How many users the store lists; everybody who signed in has one record. */
  async countRecords(): Promise<{ readonly listed: number; readonly users: number }> {
    let listed = 0
    for await (const _key of this.#parts.own.store.keys?.() ?? []) listed++
    return { listed, users: this.#runs }
  }

  get #exchanges(): readonly string[] {
    const entries = this.#parts.server.emulator.journal.entries({ kind: 'token' })
    return entries.map(({ grantType, status }) => `${grantType} ${status}`)
  }

  #startVictim(): Promise<DeathProcess> {
    const { address } = this.#parts.task
    const at = this.#parts.gate === undefined ? address.at : String(this.#parts.gate.port)
    return this.#parts.starts.start({ ...this.#parts.task, address: { ...address, at } })
  }

  #expire(): void {
    const byMs = lifetimeMs + 1000
    this.#aheadMs += byMs
    this.#parts.server.emulator.advance(byMs)
  }

  async #goOn(user: string, run: DeathRun, diedAt: number): Promise<Afterwards> {
    const stalledBeforeMs = stalledMs()
    const recovered = await this.#tell(this.#parts.survivor, 'recover', user, run)
    // They may have waited for a core at the same time: the longer of both waits is left out, and no more.
    const waitedMs = Math.max(recovered.stalledMs, stalledMs() - stalledBeforeMs)
    const wallMs = recovered.endedAt - diedAt
    const recoveryMs = Math.max(0, wallMs - waitedMs)
    const exchanges = this.#exchanges
    const atEnd = await this.#read(recovered.key)
    const askedAgain = await this.#exchangesOf('ask', user, run)
    this.#expire()
    const afterExpiry = await this.#exchangesOf('recover', user, run)
    return { recovered, recoveryMs, wallMs, exchanges, atEnd, askedAgain, afterExpiry }
  }

  /** Makes ready for the two moments that a process cannot see itself. */
  #prepare(victim: DeathProcess, { point, reach, signal }: DeathRun): void {
    const strike = async (): Promise<boolean> => {
      victim.signal(signal)
      await (signal === 'SIGKILL' ? victim.ended : sleep(farewellMs))
      return victim.isAlive
    }
    if (point === 'sent') {
      this.#parts.server.onRefresh = async act => {
        const response = reach === 'lost' ? undefined : await act()
        const isAlive = await strike()
        return response ?? (isAlive ? act() : new Response(undefined, { status: 503 }))
      }
    }
    if (point !== 'mid-write') return
    victim.onAnnounce = writeId => {
      if (this.#parts.gate !== undefined) this.#parts.gate.cut(writeId, reach, strike)
      else if (reach === 'raced') setTimeout(() => void strike(), this.#runs % 4)
    }
  }

  #command(what: DeathCommand['do'], user: string, { circumstance }: DeathRun): DeathCommand {
    return { do: what, user, circumstance, aheadMs: this.#aheadMs }
  }

  async #tell(to: DeathProcess, what: DeathCommand['do'], user: string, run: DeathRun): Promise<DeathAnswer> {
    const answer = await to.tell(this.#command(what, user, run))
    if (answer === undefined) throw new Error(`A process ended before its time: ${to.errors}`)
    return answer
  }

  async #exchangesOf(what: DeathCommand['do'], user: string, run: DeathRun): Promise<readonly string[]> {
    const before = this.#exchanges.length
    await this.#tell(this.#parts.survivor, what, user, run)
    return this.#exchanges.slice(before)
  }

  #read(key: string): Promise<SeenRecord> {
    return readRecord(this.#parts.own.store, this.#parts.task.address, key)
  }
}

/** What is wrong with the records of a run. */
export function faultsOf({ signedIn, atDeath, atEnd }: TriedDeath): readonly string[] {
  return [...signedIn.faults, ...atDeath.faults, ...atEnd.faults]
}

// Otherwise a process that did not die would leave a test without a word.
async function survived(): Promise<DeathEnd> {
  await sleep(longestDeathMs, undefined, { ref: false })
  return { how: 'alive', diedAt: Date.now() }
}
