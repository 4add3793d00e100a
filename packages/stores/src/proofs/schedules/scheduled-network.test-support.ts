import type { Stored, TokenStore, WriteOptions, WriteResult } from '@evergrant/core'
import type { Scheduler } from 'fast-check'
import type { ModelStore, StoreKind } from './model-store.test-support.ts'
import type { Passage, World } from './scheduled-plan.test-support.ts'

const well: Passage = { fate: 'well', isSilent: false, isHintLost: false }

type Listener = (key: string | undefined) => void

/** Where two holders meet a store: the scheduler decides when an operation arrives there, and when its answer does. */
export class ScheduledNetwork {
  /** What reached the store and the server, in order. */
  readonly history: string[] = []
  readonly #scheduler: Scheduler
  readonly #store: ModelStore
  readonly #kind: StoreKind
  readonly #isReplayFatal: boolean
  readonly #listeners: { readonly holder: string; readonly listener: Listener }[] = []
  #waiting: { readonly holder: string; readonly release: () => void }[] = []
  #unhindered: { readonly holder: string } | undefined
  readonly #holders = new Set<string>()
  #passages: Passage[] = []
  #isQuiet = false
  /** Counts the failovers: an operation that was sent to the old server does not arrive at the new one. */
  #failovers = 0
  #mustWriteNext: string | undefined

  constructor(scheduler: Scheduler, store: ModelStore, { kind, habit }: World) {
    this.#scheduler = scheduler
    this.#store = store
    this.#kind = kind
    this.#isReplayFatal = habit === 'ends the family'
  }

  /** From now on operations fare as drawn. */
  trouble(passages: readonly Passage[]): void {
    this.#isQuiet = false
    this.#passages = [...passages]
  }

  /** From now on everything arrives at once. */
  quieten(): void {
    this.#isQuiet = true
    this.#passages = []
  }

  /** Waits for its turn. */
  async turn(label: string): Promise<void> {
    if (!this.#isQuiet) await this.#scheduler.schedule(Promise.resolve(), label)
  }

  /** Waits for its turn, or for the others to sleep: meanwhile nothing hinders this holder. */
  async #storeTurn(holder: string, label: string): Promise<void> {
    if (this.#isQuiet || this.#unhindered?.holder === holder) return
    const released = new Promise<void>(resolve => this.#waiting.push({ holder, release: resolve }))
    await Promise.race([this.#scheduler.schedule(Promise.resolve(), label), released])
  }

  /** While somebody sleeps, the other one reaches the store at once. */
  async unhindered(holder: string, work: () => Promise<void>): Promise<void> {
    const mine = { holder }
    this.#unhindered = mine
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.holder === holder) waiting.release()
      else this.#waiting.push(waiting)
    }
    await work()
    if (this.#unhindered === mine) this.#unhindered = undefined
  }

  /** Who has to write before anybody else may come, because a failover lost what only this holder knows. */
  get mustWriteNext(): string | undefined {
    return this.#mustWriteNext
  }

  /**
   * A failover to a copy that lags. Where a replay ends the family, the others reach the new server only after the holder
   * of the lost write has written again: before that nobody could know that a refresh token was used.
   */
  fallBack(count: number | 'all'): void {
    const by = this.#store.writtenBy
    // Before a holder has written, there is nothing that one of them knows and the store could lose.
    if (by === undefined || !this.#holders.has(by)) return
    this.#store.fallBack(count)
    this.history.push(`a failover loses ${count}`)
    this.#failovers++
    if (this.#isReplayFatal) this.#mustWriteNext ??= by
    for (const { holder, listener } of this.#listeners) {
      void this.#storeTurn(holder, `${holder} hears of the failover`).then(() => listener(undefined))
    }
  }

  /** The store as one holder sees it. */
  connect(holder: string): TokenStore {
    this.#holders.add(holder)
    return {
      read: () => this.#operation(holder, 'a read', () => this.#store.read()),
      write: (key, payload, options) => this.#write(holder, key, payload, options),
      watch: listener => {
        this.#listeners.push({ holder, listener })
        return { [Symbol.dispose]: () => undefined }
      },
    }
  }

  async #write(holder: string, key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const sentTo = this.#failovers
    const passage = this.#passages[0] ?? well
    const act = (): WriteResult => {
      const before = this.#store.writeId
      const result = this.#store.write(payload, options, holder)
      if (!result.ok || before === options.writeId) return result
      if (sentTo === this.#failovers && holder === this.#mustWriteNext) this.#mustWriteNext = undefined
      if ((options.notify ?? true) && !passage.isHintLost) this.#tell(key)
      return result
    }
    const result = await this.#operation(holder, `a write of ${describe(payload)}`, act)
    if (result.ok || this.#kind !== 'Postgres') return result
    // There a statement that found another etag says nothing else: what stands there is asked afterwards.
    const current = await this.#operation(holder, 'a read after a conflict', () => this.#store.read())
    return this.#store.writeId === options.writeId && current !== undefined
      ? { ok: true, etag: current.etag }
      : { ok: false, current }
  }

  async #operation<T extends Stored | WriteResult | undefined>(
    holder: string,
    what: string,
    act: () => T,
  ): Promise<T> {
    const { fate, isSilent } = this.#passages.shift() ?? well
    const sentTo = this.#failovers
    await this.#storeTurn(holder, `${holder}: ${what} arrives`)
    const isTooLate = sentTo !== this.#failovers
    if (fate === 'never arrives' || isTooLate || this.#isBarred(holder))
      return lost(isSilent && !this.#isQuiet)
    let result = act()
    this.history.push(`${holder}: ${what}${isRefused(result) ? ' is refused' : ''}`)
    if (fate === 'sent again') {
      await this.#storeTurn(holder, `${holder}: ${what} arrives again`)
      if (this.#isBarred(holder)) return lost(isSilent)
      result = act()
    }
    await this.#storeTurn(
      holder,
      `${holder}: the answer to ${what} ${fate === 'answer lost' ? 'is lost' : 'arrives'}`,
    )
    return fate === 'answer lost' ? lost(isSilent) : result
  }

  #isBarred(holder: string): boolean {
    return this.#mustWriteNext !== undefined && this.#mustWriteNext !== holder
  }

  #tell(key: string): void {
    for (const { holder, listener } of this.#listeners) {
      void this.#storeTurn(holder, `${holder} hears of a write`).then(() => listener(key))
    }
  }
}

function isRefused(result: Stored | WriteResult | undefined): boolean {
  return result !== undefined && 'ok' in result && !result.ok
}

function lost(isSilent: boolean): Promise<never> {
  return isSilent ? new Promise(() => undefined) : Promise.reject(new Error('The connection was lost.'))
}

interface Described {
  readonly refresh?: { readonly token: string }
  readonly claim?: { readonly holdMs: number }
  readonly dead?: object
  readonly failure?: object
}

/** What a record says, for those who read a schedule. */
function describe(payload: string): string {
  const { refresh, claim, dead, failure } = JSON.parse(payload) as Described
  const signs = [claim && 'claimed', dead && 'dead', failure && 'failed'].filter(sign => sign !== undefined)
  return [refresh?.token.replace('fake-', ''), ...signs].join(' ')
}
