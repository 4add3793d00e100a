import { accessFreshForMs, decideAccess } from '@evergrant/core'
import type { AccessPolicyState, Clock, PolicyRequest } from '@evergrant/core'
import { isEvergrantError } from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import type { AskRoute } from './auth-routes.ts'
import { BackOff } from './back-off.ts'
import type { HeldToken } from './held-token.ts'
import { issuedToken } from './issued-token.ts'
import { Rejections } from './rejections.ts'
import { supersededError } from './route-error.ts'
import { adoptToken, shareToken } from './shared-token.ts'
import type { TabTurns } from './tab-turns.ts'
import type { Tabs } from './tabs.ts'
import { readTokenAnswer } from './token-answer.ts'
import type { SharedToken } from './token-message.ts'
import { questionFor } from './token-question.ts'

/** What a keeper works with. */
export interface TokenKeeperOptions {
  readonly signInId: string
  /** The scope to ask for; empty: none. */
  readonly scope: string
  readonly clock: Clock
  readonly random: () => number
  readonly tabs: Tabs
  readonly turns: TabTurns
  readonly ask: AskRoute
  /** Resolves when the server may be asked. */
  readonly mayAsk: () => Promise<void>
  /** Something to show has changed. */
  readonly onChange: () => void
  readonly onObtained: (token: HeldToken, isAdopted: boolean) => void
  /** A request failed. What the error means for the session is decided there. */
  readonly onFailure: (error: EvergrantError, retryInMs: number) => void
}

/** Rounds of one call: each adopts a token, sends a request or waits for one. None is endless. */
const mostRounds = 4

/** Keeps the access token of one sign-in and scope fresh in this page's memory. */
export class TokenKeeper {
  readonly backOff: BackOff
  readonly #options: TokenKeeperOptions
  readonly #rejections: Rejections
  #token: HeldToken | undefined
  #generation = 0
  #flight: Promise<void> | undefined
  #slowestMs = 0
  #end: EvergrantError | undefined
  #waiting: (() => void)[] = []

  constructor(options: TokenKeeperOptions) {
    this.#options = options
    this.backOff = new BackOff(options.clock, options.random)
    this.#rejections = new Rejections(options.clock)
  }

  get token(): HeldToken | undefined {
    return this.#token
  }

  get isRefreshing(): boolean {
    return this.#flight !== undefined
  }

  /** Ends with the sign-in: the token is forgotten at once, and an answer that is still on its way is dropped. */
  close(error: EvergrantError): void {
    this.#end = error
    this.#token = undefined
    this.backOff.end()
    this.#resume()
  }

  /** Resolves to a usable token; concurrent callers share one request. */
  async get({ minTtlMs, forceRefresh }: PolicyRequest = {}): Promise<HeldToken> {
    const startedAt = this.#options.clock.monotonic()
    let hasWaited = false
    for (let round = 0; round < mostRounds; round++) {
      if (this.#end) throw this.#end
      const token = this.#token
      const isFreshest = token !== undefined && token.facts.requestedAt >= startedAt
      const request = { minTtlMs, forceRefresh, isFreshest }
      const step = decideAccess(this.#state(), request)
      if (token && step.action === 'use') return token
      if (token && step.action === 'renew' && step.isBackground) {
        void this.#refresh(request, startedAt)
        return token
      }
      if (step.action === 'wait-until') {
        if (hasWaited || !(await this.backOff.wait())) break
        hasWaited = true
      } else {
        // Another tab may deliver while our own request hangs.
        const arrived = new Promise<void>(resolve => void this.#waiting.push(resolve))
        await Promise.race([this.#refresh(request, startedAt), arrived])
      }
    }
    throw this.#end ?? this.backOff.error ?? supersededError()
  }

  /** Renews the token in the background, if it is held and due. */
  refreshIfDue(): void {
    if (this.#token && decideAccess(this.#state()).action === 'renew')
      void this.#refresh({}, this.#options.clock.monotonic())
  }

  /** Asks the other tabs for what this one may have missed. */
  catchUp(): Promise<void> {
    const { turns, scope, signInId } = this.#options
    return turns.ask({ signInId, scope, generation: this.#generation })
  }

  /** Until the token is due, in milliseconds; infinite: none is held, it never is, or the next is on its way. */
  get dueInMs(): number {
    if (this.#token === undefined || this.#flight) return Number.POSITIVE_INFINITY
    return Math.max(accessFreshForMs(this.#state()), this.backOff.remainingMs, this.#token.guardMs)
  }

  /** Judges a refusal of `accessToken`: whether the request may be sent once more. */
  refuse(accessToken: string): 'done' | 'replay' {
    if (this.#end) return 'done'
    const token = this.#token
    // A late refusal says nothing about the token of now.
    if (token?.accessToken !== accessToken) return 'replay'
    token.reject()
    return token.state(this.#rejections.waitMs).rejectionWaitMs > 0 ? 'done' : 'replay'
  }

  /** An API took `accessToken`. */
  accept(accessToken: string): void {
    if (this.#token?.accessToken === accessToken) this.#token.isRejected = false
  }

  /** Takes a token that another tab has; `sinceAt` as in `Tabs`. */
  adopt(shared: SharedToken, sinceAt: number | undefined): void {
    const { clock, random } = this.#options
    if (this.#end || shared.generation <= this.#generation) return
    this.#generation = shared.generation
    if (shared.accessToken === this.#token?.accessToken) return
    this.#hold(adoptToken(shared, sinceAt, clock, random()), true)
  }

  /** The token as other tabs may have it, if it is newer than `generation` and worth anything. */
  share(generation: number, answers?: string): SharedToken | undefined {
    const { signInId, scope, clock } = this.#options
    if (this.#token === undefined || this.#generation <= generation) return undefined
    const label = { signInId, scope, generation: this.#generation, ...(answers !== undefined && { answers }) }
    return shareToken(this.#token, label, clock)
  }

  #state(): AccessPolicyState {
    const token = this.#token
    return {
      access: token?.state(this.#rejections.waitMs),
      slowestMs: this.#slowestMs,
      draw: token?.facts.draw ?? 0,
      backOffMs: this.backOff.remainingMs,
      guardMs: token?.guardMs ?? 0,
    }
  }

  #refresh(request: PolicyRequest, startedAt: number): Promise<void> {
    if (this.#flight) return this.#flight
    this.#flight = this.#renew(request, startedAt).finally(() => {
      this.#flight = undefined
      this.#resume()
      this.#options.onChange()
    })
    this.#options.onChange()
    return this.#flight
  }

  /** One renewal. Never rejects: what went wrong is remembered. */
  async #renew(request: PolicyRequest, startedAt: number): Promise<void> {
    const { turns, scope, mayAsk, onFailure } = this.#options
    const before = this.#token
    const isDue = (): boolean => {
      const token = this.#token
      if (this.#end || token === undefined || token === before) return !this.#end
      const isFreshest = token.facts.requestedAt >= startedAt
      return decideAccess(this.#state(), { ...request, isFreshest }).action === 'renew'
    }
    try {
      await mayAsk()
      await turns.alone(scope, async hasLock => {
        if (!isDue()) return
        if (hasLock) {
          await this.catchUp()
          if (!isDue()) return
        }
        await this.#exchange(request)
      })
    } catch (error) {
      if (this.#end) return
      if (!isEvergrantError(error)) throw error
      this.backOff.fail(error)
      onFailure(error, this.backOff.remainingMs)
    }
  }

  async #exchange(request: PolicyRequest): Promise<void> {
    const { clock, random, signInId, scope, tabs, ask } = this.#options
    const before = this.#token
    const monotonicAt = clock.monotonic()
    const wallAt = clock.wall()
    const question = { signInId, ...(scope && { scope }), ...questionFor(before, request, this.#slowestMs) }
    const answer = await ask('token', question, readTokenAnswer)
    const tookMs = clock.monotonic() - monotonicAt
    this.#slowestMs = Math.max(tookMs, this.#slowestMs / 2)
    if (this.#end) return
    if (answer.signInId !== signInId) throw supersededError()
    this.backOff.succeed()
    // A newer token came from another tab meanwhile.
    if (this.#token !== before && this.#token && !this.#token.isRejected) return
    const token = issuedToken(answer, before, { monotonicAt, wallAt }, clock, random())
    if (before?.accessToken === token.accessToken) {
      token.inherit(before)
      return this.#hold(token, false)
    }
    if (before?.isRejected) this.#rejections.note(before)
    this.#generation++
    this.#hold(token, false)
    // Before the lock is released, so that whoever gets it next knows.
    const shared = this.share(0)
    if (shared) tabs.post(shared)
  }

  /** Lets callers look again. */
  #resume(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #hold(token: HeldToken, isAdopted: boolean): void {
    this.#token = token
    this.backOff.succeed()
    this.#resume()
    this.#options.onObtained(token, isAdopted)
    this.#options.onChange()
  }
}
