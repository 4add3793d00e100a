import type { Clock } from '@evergrant/core'
import type { EvergrantError } from '@evergrant/core/source'
import type { AskRoute } from './auth-routes.ts'
import { BackOff } from './back-off.ts'
import type { BrowserEvent } from './browser-event.ts'
import { Disagreement } from './disagreement.ts'
import type { HeldToken } from './held-token.ts'
import type { TabLocks } from './platform.ts'
import { isRefusedSignIn } from './route-error.ts'
import { TabTurns } from './tab-turns.ts'
import type { Tabs } from './tabs.ts'
import { TokenKeeper } from './token-keeper.ts'
import { readTokenMessage } from './token-message.ts'

/** What {@link Keepers} works with. */
export interface KeepersOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly tabs: Tabs
  readonly locks: () => TabLocks | undefined
  readonly lockTimeoutMs: number
  readonly ask: AskRoute
  readonly onEvent: (event: BrowserEvent) => void
  /** Something to show has changed. */
  readonly onChange: () => void
  /** The server gave a token: whose session it is, it has thereby told. */
  readonly onAnswer: () => void
  /** A request failed. What the error means for the session is decided there. */
  readonly onFailure: (error: EvergrantError, retryInMs: number) => void
}

/** The tokens that a page in mediated mode holds, by scope, all of one sign-in; empty scope: what was granted. */
export class Keepers {
  readonly #options: KeepersOptions
  readonly #turns: TabTurns
  readonly #byScope = new Map<string, TokenKeeper>()
  readonly #disagreement: Disagreement
  #isFrozen = false

  constructor(options: KeepersOptions) {
    this.#options = options
    this.#disagreement = new Disagreement(new BackOff(options.clock, options.random))
    this.#turns = new TabTurns(options)
    if (options.tabs.name !== undefined) this.open(options.tabs.name)
  }

  /** Begins to be asked by other tabs. */
  open(name: string): void {
    this.#isFrozen = false
    this.#turns.enter(name)
  }

  /** Leaves the other tabs. */
  close(): void {
    this.#turns.leave()
    this.#disagreement.settle()
  }

  /** Forgets all tokens: their sign-in is over. */
  end(error: EvergrantError): void {
    for (const keeper of this.#byScope.values()) keeper.close(error)
    this.#byScope.clear()
  }

  /** The keeper of one scope of the sign-in that lasts. */
  of(signInId: string, scope: string): TokenKeeper {
    const existing = this.#byScope.get(scope)
    if (existing) return existing
    const { onAnswer, onEvent, onFailure } = this.#options
    const onObtained = ({ expiresAt }: HeldToken, isAdopted: boolean): void => {
      this.#disagreement.settle()
      if (!isAdopted) onAnswer()
      onEvent({ type: isAdopted ? 'token-adopted' : 'token-obtained', expiresAt })
    }
    const keeper = new TokenKeeper({
      ...this.#options,
      turns: this.#turns,
      signInId,
      scope,
      onObtained,
      mayAsk: () => this.#disagreement.pause(signInId),
      onFailure: (error, retryInMs) => {
        if (isRefusedSignIn(error)) this.#disagreement.note(signInId, error)
        onFailure(error, retryInMs)
      },
    })
    this.#byScope.set(scope, keeper)
    return keeper
  }

  /** The keeper of what was granted; undefined: nobody asked for a token yet. */
  get main(): TokenKeeper | undefined {
    return this.#byScope.get('')
  }

  /** Until the next one is due, in milliseconds; infinite: none is, or it is on its way. */
  get dueInMs(): number {
    return Math.min(...[...this.#byScope.values()].map(({ dueInMs }) => dueInMs))
  }

  refreshIfDue(): void {
    for (const keeper of this.#byScope.values()) keeper.refreshIfDue()
  }

  /** The network is back. */
  hurry(): void {
    for (const { backOff } of this.#byScope.values()) backOff.hurry()
  }

  freeze(): void {
    this.#isFrozen = true
  }

  /** The page goes on; what the others did meanwhile is asked for. */
  thaw(): void {
    if (!this.#isFrozen) return
    this.#options.clock.schedule(() => void (this.#isFrozen = false), 0)
    for (const keeper of this.#byScope.values()) void keeper.catchUp()
  }

  /** Takes what another tab says. `signInId`: whose tokens are held here, if anybody's. */
  receive(data: unknown, signInId: string | undefined): void {
    const message = readTokenMessage(data)
    if (message?.type === 'ask') {
      const keeper = message.signInId === signInId ? this.#byScope.get(message.scope) : undefined
      const token = keeper?.share(message.generation, message.id)
      this.#options.tabs.post(token ?? { type: 'none', answers: message.id })
    } else if (message) {
      this.#turns.hear(message, (shared, sinceAt) => {
        // What waited while the page was frozen may be old, and says nothing about how old it is.
        if (shared.signInId !== signInId || (this.#isFrozen && sinceAt === undefined)) return
        // Tokens of a scope that nobody here asked for are not collected.
        const keeper = shared.scope === '' ? this.of(signInId, '') : this.#byScope.get(shared.scope)
        keeper?.adopt(shared, sinceAt)
      })
    }
  }
}
