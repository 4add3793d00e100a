import type { Clock } from '@evergrant/core'
import { isEvergrantError, isReauthorizationRequiredError } from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import { isSameSession } from './auth-routes.ts'
import type { AuthRoutes, ServerSession } from './auth-routes.ts'
import { BackOff } from './back-off.ts'
import type { BrowserEvent } from './browser-event.ts'
import { malformed, signedOutError, supersededError } from './route-error.ts'
import { describeSession } from './snapshot.ts'
import type { BrowserSnapshot } from './snapshot.ts'
import type { TabMessage } from './tab-message.ts'
import type { Tabs } from './tabs.ts'
import { TokenKeeper } from './token-keeper.ts'

/** Rounds of one question for the session, while others sign in and out. */
const mostRounds = 4

/** What a session works with. */
export interface TabSessionOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly routes: AuthRoutes
  readonly tabs: Tabs
  readonly onChange: () => void
  readonly onEvent: (event: BrowserEvent) => void
}

/** Who is signed in, as this tab knows it, and the tokens of this sign-in. Another sign-in starts with nothing. */
export class TabSession {
  /** Whether what is known may have changed while this tab did not listen. */
  mustVerify = false
  readonly backOff: BackOff
  readonly #options: TabSessionOptions
  readonly #keepers = new Map<string, TokenKeeper>()
  #known: ServerSession | undefined
  #loading: Promise<void> | undefined
  /** Counts what could make an answer that is on its way a late one. */
  #turn = 0
  /** How many sign-ins of this tab are under way. */
  #changes = 0
  #checkedAt = { wall: 0, monotonic: 0 }
  #wasSignedIn = false
  #end: EvergrantError | undefined

  constructor(options: TabSessionOptions) {
    this.#options = options
    this.backOff = new BackOff(options.clock, options.random)
  }

  get known(): ServerSession | undefined {
    return this.#known
  }

  get isLoading(): boolean {
    return this.#loading !== undefined
  }

  get keepers(): Iterable<TokenKeeper> {
    return this.#keepers.values()
  }

  /** How long ago the server last told who is signed in, in milliseconds. */
  get checkedMsAgo(): number {
    const { clock } = this.#options
    const { wall, monotonic } = this.#checkedAt
    return Math.max(clock.wall() - wall, clock.monotonic() - monotonic)
  }

  /** Resolves to who is signed in; asks the server only if that is not known. */
  async ready(): Promise<ServerSession> {
    let hasWaited = false
    for (let round = 0; round < mostRounds; round++) {
      if (this.#end) throw this.#end
      if (this.#known && !this.mustVerify && !this.#loading) return this.#known
      if (!this.#known && !this.#loading && this.backOff.remainingMs > 0) {
        if (hasWaited || !this.backOff.error?.isTransient || !(await this.backOff.wait())) break
        hasWaited = true
      }
      await this.load()
    }
    throw this.#end ?? this.backOff.error ?? supersededError()
  }

  /** Asks the server who is signed in; concurrent calls share one question. Never rejects. */
  load(): Promise<void> {
    if (this.#loading) return this.#loading
    this.#loading = this.#ask().finally(() => {
      this.#loading = undefined
      this.#options.onChange()
    })
    this.#options.onChange()
    return this.#loading
  }

  /** The tokens of one scope of whoever is signed in. */
  keeper(signInId: string, scope: string): TokenKeeper {
    const existing = this.#keepers.get(scope)
    if (existing) return existing
    const { routes, onEvent, ...shared } = this.#options
    const keeper = new TokenKeeper({
      ...shared,
      signInId,
      scope,
      request: question => routes.token(question),
      onObtained: ({ expiresAt }, isAdopted) => {
        // The server has just told whose session it is.
        if (!isAdopted) this.#noteAnswer()
        onEvent({ type: isAdopted ? 'token-adopted' : 'token-obtained', expiresAt })
      },
      onFailure: (error, retryInMs) => this.#judge(error, retryInMs),
    })
    this.#keepers.set(scope, keeper)
    return keeper
  }

  /** The error for calls that need somebody to be signed in. */
  nobody(): EvergrantError {
    return signedOutError(this.#wasSignedIn ? 'signed-out' : 'never-signed-in')
  }

  async signIn(username: string, password: string): Promise<void> {
    const turn = ++this.#turn
    this.#changes++
    let isCertain = false
    try {
      const session = await this.#options.routes.signIn(username, password)
      if (turn !== this.#turn) throw this.#end ?? this.#forget()
      if (session.status !== 'authenticated') throw malformed('sign-in', 200)
      this.#become(session, true)
      isCertain = true
    } catch (error) {
      // Nobody knows whether a lost answer had set a cookie.
      isCertain = this.#known !== undefined && !(isEvergrantError(error) && error.isTransient)
      throw error
    } finally {
      this.#changes--
      if (!isCertain && this.#end === undefined) void this.load()
    }
  }

  /** Signs out; tells whether the provider confirmed it. */
  async signOut(): Promise<boolean> {
    const turn = ++this.#turn
    const isSessionEnded = await this.#options.routes.signOut()
    if (turn !== this.#turn) throw this.#end ?? this.#forget()
    this.#become({ status: 'unauthenticated', mode: this.#known?.mode ?? 'proxy' }, true)
    return isSessionEnded
  }

  /** Takes what another tab says; only the server is believed about who is signed in. */
  receive(message: TabMessage, sinceAt: number | undefined): void {
    const known = this.#known?.status === 'authenticated' ? this.#known : undefined
    switch (message.type) {
      case 'signed-in':
        if (message.signInId !== known?.signInId) this.#forget()
        break
      case 'signed-out':
        // Nobody was signed in there before either: that is no news.
        if (message.signInId === undefined) break
        this.#turn++
        if (known === undefined) break
        if (message.signInId === known.signInId)
          this.#become({ status: 'unauthenticated', mode: known.mode }, false)
        else this.#verify()
        break
      case 'token':
        if (message.signInId !== known?.signInId || known.mode !== 'mediated') break
        // Tokens of a scope that nobody here asked for are not collected.
        if (message.scope === '') this.keeper(known.signInId, '')
        this.#keepers.get(message.scope)?.adopt(message, sinceAt)
        break
      case 'ask': {
        const { id, signInId, scope, generation } = message
        const keeper = signInId === known?.signInId ? this.#keepers.get(scope) : undefined
        this.#options.tabs.post(keeper?.share(generation, id) ?? { type: 'none', answers: id })
        break
      }
      case 'none':
    }
  }

  /** Forgets everything, for good. */
  dispose(error: EvergrantError): void {
    this.#turn++
    this.#end = error
    this.#known = undefined
    this.backOff.end()
    this.#closeKeepers(error)
  }

  /** What there is to show. */
  snapshot(): BrowserSnapshot {
    const keeper = this.#keepers.get('')
    return describeSession({
      known: this.#known,
      expiresAt: keeper?.token?.expiresAt,
      isRefreshing: this.isLoading || keeper?.isRefreshing === true,
      tokenError: keeper?.backOff.error,
      sessionError: this.backOff.error,
    })
  }

  async #ask(): Promise<void> {
    const { routes, onEvent } = this.#options
    for (let round = 0; round < mostRounds; round++) {
      const turn = this.#turn
      let answer: ServerSession | EvergrantError
      try {
        answer = await routes.session()
      } catch (error) {
        if (!isEvergrantError(error)) throw error
        answer = error
      }
      if (this.#end) return
      // The server may have answered before the sign-in that is under way; that one asks again if it fails.
      if (this.#changes > 0) return
      if (turn !== this.#turn) {
        // Signed in or out here meanwhile: that answer was newer.
        if (this.#known && !this.mustVerify) return
        continue
      }
      this.mustVerify = false
      if (!isEvergrantError(answer)) return this.#become(answer, true)
      this.backOff.fail(answer)
      return onEvent({ type: 'request-failed', error: answer, retryInMs: this.backOff.remainingMs })
    }
  }

  #noteAnswer(): void {
    const { clock } = this.#options
    this.#checkedAt = { wall: clock.wall(), monotonic: clock.monotonic() }
    this.backOff.succeed()
  }

  #become(next: ServerSession, tellsOthers: boolean): void {
    const { tabs, onEvent } = this.#options
    const before = this.#known
    const signInId = before?.status === 'authenticated' ? before.signInId : undefined
    this.mustVerify = false
    this.#noteAnswer()
    if (isSameSession(before, next)) return this.#options.onChange()
    this.#turn++
    this.#known = next
    const isSignedIn = next.status === 'authenticated'
    this.#closeKeepers(isSignedIn ? supersededError() : signedOutError('signed-out'))
    this.#wasSignedIn ||= isSignedIn
    const message = isSignedIn
      ? ({ type: 'signed-in', signInId: next.signInId } as const)
      : ({ type: 'signed-out', signInId } as const)
    if (tellsOthers && (isSignedIn || signInId !== undefined)) tabs.post(message)
    if (isSignedIn) onEvent({ type: 'signed-in', signInId: next.signInId })
    else if (signInId !== undefined) onEvent({ type: 'signed-out' })
    this.#options.onChange()
  }

  /** Somebody else is signed in: nothing that is held may be used any more. Returns the error for whoever waited. */
  #forget(): EvergrantError {
    const error = supersededError()
    this.#known = undefined
    this.#closeKeepers(error)
    this.#verify()
    return error
  }

  #verify(): void {
    this.#turn++
    this.mustVerify = this.#known !== undefined
    if (this.#options.tabs.isOpen) void this.load()
  }

  /** A request for a token failed: what it means for the session. */
  #judge(error: EvergrantError, retryInMs: number): void {
    this.#options.onEvent({ type: 'request-failed', error, retryInMs })
    if (isReauthorizationRequiredError(error))
      this.#become({ status: 'unauthenticated', mode: 'mediated' }, true)
    else if (error.code === 'superseded' || error.code === 'access_token_not_exposed') this.#forget()
  }

  #closeKeepers(error: EvergrantError): void {
    for (const keeper of this.#keepers.values()) keeper.close(error)
    this.#keepers.clear()
  }
}
