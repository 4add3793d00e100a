import type { Clock } from '@evergrant/core'
import { isEvergrantError, isReauthorizationRequiredError } from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import type { AskRoute } from './auth-routes.ts'
import { BackOff } from './back-off.ts'
import type { BrowserEvent } from './browser-event.ts'
import type { Keepers, KeepersOptions } from './keepers.ts'
import { LastAnswer } from './last-answer.ts'
import { asValue, isRefusedSignIn, malformed, signedOutError, supersededError } from './route-error.ts'
import { isSameSession, readSession, readSignedOut, signInIdOf } from './server-session.ts'
import type { ServerSession, SignedIn } from './server-session.ts'
import { readSignInMessage } from './sign-in-message.ts'
import type { Tabs } from './tabs.ts'
import type { TokenKeeper } from './token-keeper.ts'
import { UnderWay } from './under-way.ts'

/** Rounds of one question for the session, while others sign in and out. */
const mostRounds = 4

/** What a session works with. */
export interface TabSessionOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly ask: AskRoute
  readonly tabs: Tabs
  /** Called at the first answer that tells of mediated mode; may refuse it with an error. */
  readonly createKeepers: (listeners: Pick<KeepersOptions, 'onAnswer' | 'onChange' | 'onFailure'>) => Keepers
  readonly onChange: () => void
  readonly onEvent: (event: BrowserEvent) => void
}

/** Who is signed in, as this tab knows it, and the tokens of this sign-in. Another sign-in starts with nothing. */
export class TabSession {
  /** Whether what is known may have changed while this tab did not listen. */
  mustVerify = false
  /** Undefined: the server told of no mediated mode yet. */
  keepers: Keepers | undefined
  readonly backOff: BackOff
  readonly lastAnswer: LastAnswer
  readonly #options: TabSessionOptions
  #known: ServerSession | undefined
  #loading: Promise<void> | undefined
  /** Counts what could make an answer that is on its way a late one. */
  #turn = 0
  /** The sign-ins of this tab. */
  readonly #signIns = new UnderWay()
  #wasSignedIn = false
  #end: EvergrantError | undefined

  constructor(options: TabSessionOptions) {
    this.#options = options
    this.backOff = new BackOff(options.clock, options.random)
    this.lastAnswer = new LastAnswer(options.clock)
  }

  get known(): ServerSession | undefined {
    return this.#known
  }

  get isLoading(): boolean {
    return this.#loading !== undefined
  }

  /** Resolves to who is signed in; asks the server only if that is not known. */
  async ready(): Promise<ServerSession> {
    let hasWaited = false
    for (let round = 0; round < mostRounds; round++) {
      if (this.#end) throw this.#end
      const known = this.#known
      // What cannot be looked up again for now stays as it is: an outage signs nobody out.
      if (known && !this.#loading && (!this.mustVerify || this.backOff.remainingMs > 0)) return known
      if (!known && !this.#loading && this.backOff.remainingMs > 0) {
        if (hasWaited || !(await this.backOff.wait())) break
        hasWaited = true
      }
      await this.load()
    }
    throw this.#end ?? this.backOff.error ?? supersededError()
  }

  /** As `ready`, where somebody must be signed in. */
  async signedIn(): Promise<SignedIn> {
    const session = await this.ready()
    if (session.status === 'authenticated') return session
    throw signedOutError(this.#wasSignedIn ? 'signed-out' : 'never-signed-in')
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

  /**
   * The keeper of one scope; undefined in proxy mode.
   * @throws {SupersededError} this sign-in is over
   */
  keeper({ mode, signInId }: SignedIn, scope: string): TokenKeeper | undefined {
    if (mode === 'proxy') return undefined
    if (!this.keepers || signInIdOf(this.#known) !== signInId) throw supersededError()
    return this.keepers.of(signInId, scope)
  }

  async signIn(username: string, password: string): Promise<void> {
    const turn = ++this.#turn
    const leave = this.#signIns.enter()
    let isCertain = false
    try {
      const session = await this.#told('sign-in', { username, password })
      if (turn !== this.#turn) throw this.#end ?? this.#forget()
      if (session.status !== 'authenticated') throw malformed('sign-in', 200)
      this.#become(session, true)
      isCertain = true
    } catch (error) {
      // Nobody knows whether a lost answer had set a cookie.
      isCertain = this.#known !== undefined && !(isEvergrantError(error) && error.isTransient)
      throw error
    } finally {
      leave()
      if (!isCertain && this.#end === undefined) void this.load()
    }
  }

  /** Signs out; tells whether the provider confirmed it. */
  async signOut(): Promise<boolean> {
    const turn = ++this.#turn
    const isSessionEnded = await this.#options.ask('sign-out', {}, readSignedOut).catch((error: unknown) => {
      // Nobody knows whether a lost answer had ended the session.
      if (isEvergrantError(error) && error.isTransient) this.#verify()
      throw error
    })
    if (turn !== this.#turn) throw this.#end ?? this.#forget()
    this.#become({ status: 'unauthenticated', mode: this.#known?.mode ?? 'proxy' }, true)
    return isSessionEnded
  }

  /** Takes what another tab says; only the server is believed about who is signed in. */
  receive(data: unknown): void {
    const known = this.#known?.status === 'authenticated' ? this.#known : undefined
    const message = readSignInMessage(data)
    if (message === undefined)
      this.keepers?.receive(data, known?.mode === 'mediated' ? known.signInId : undefined)
    else if (message.type === 'signed-in') {
      if (message.signInId !== known?.signInId) this.#forget()
    } else if (message.signInId !== undefined) {
      // Without a name, nobody was signed in there before either: that is no news.
      this.#turn++
      if (message.signInId === known?.signInId)
        this.#become({ status: 'unauthenticated', mode: known.mode }, false)
      else if (known) this.#verify()
    }
  }

  /** Forgets everything, for good. */
  dispose(error: EvergrantError): void {
    this.#turn++
    this.#end = error
    this.#known = undefined
    this.backOff.end()
    this.keepers?.end(error)
  }

  async #ask(): Promise<void> {
    const { onEvent } = this.#options
    for (let round = 0; round < mostRounds; round++) {
      const turn = this.#turn
      // The server may answer before it signs in whoever is about to be: that answer would be a late one.
      if (this.#signIns.isAny) await this.#signIns.none()
      const answer = turn === this.#turn ? await this.#told('session').catch(asValue) : undefined
      if (this.#end) return
      if (turn !== this.#turn || answer === undefined) {
        // Signed in or out here meanwhile: that answer was newer.
        if (this.#known && !this.mustVerify) return
        continue
      }
      if (!isEvergrantError(answer)) return this.#become(answer, true)
      this.backOff.fail(answer)
      return onEvent({ type: 'request-failed', error: answer, retryInMs: this.backOff.remainingMs })
    }
  }

  /** What the server tells of the session. */
  async #told(route: 'session' | 'sign-in', body?: object): Promise<ServerSession> {
    const { ask, createKeepers, onChange } = this.#options
    const session = await ask(route, body, readSession)
    if (session.mode === 'mediated' && !this.#end) {
      this.keepers ??= createKeepers({
        onChange,
        onAnswer: () => this.#noteAnswer(),
        onFailure: (error, retryInMs) => this.#judge(error, retryInMs),
      })
    }
    return session
  }

  #noteAnswer(): void {
    this.lastAnswer.note()
    this.backOff.succeed()
  }

  #become(next: ServerSession, tellsOthers: boolean): void {
    const { tabs, onEvent } = this.#options
    const before = this.#known
    const signInId = signInIdOf(before)
    this.mustVerify = false
    this.#noteAnswer()
    if (isSameSession(before, next)) return this.#options.onChange()
    this.#turn++
    this.#known = next
    const isSignedIn = next.status === 'authenticated'
    this.keepers?.end(isSignedIn ? supersededError() : signedOutError('signed-out'))
    this.#wasSignedIn ||= isSignedIn
    if (isSignedIn) {
      if (tellsOthers) tabs.post({ type: 'signed-in', signInId: next.signInId })
      onEvent({ type: 'signed-in', signInId: next.signInId })
    } else if (signInId !== undefined) {
      if (tellsOthers) tabs.post({ type: 'signed-out', signInId })
      onEvent({ type: 'signed-out' })
    }
    this.#options.onChange()
  }

  /** Somebody else is signed in: nothing that is held may be used any more. Returns the error for whoever waited. */
  #forget(): EvergrantError {
    const error = supersededError()
    this.#known = undefined
    this.keepers?.end(error)
    this.#verify()
    return error
  }

  #verify(): void {
    this.#turn++
    this.mustVerify = this.#known !== undefined
    if (this.#options.tabs.name !== undefined) void this.load()
  }

  /** A request for a token failed: what it means for the session. */
  #judge(error: EvergrantError, retryInMs: number): void {
    this.#options.onEvent({ type: 'request-failed', error, retryInMs })
    if (isReauthorizationRequiredError(error))
      this.#become({ status: 'unauthenticated', mode: 'mediated' }, true)
    else if (isRefusedSignIn(error)) this.#forget()
  }
}
