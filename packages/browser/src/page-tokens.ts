import type { Clock, SignOutResult } from '@evergrant/core'
import { DisposedError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { ApiTargets } from './api-targets.ts'
import { createAskRoute } from './auth-routes.ts'
import type { BrowserEvent } from './browser-event.ts'
import type { BrowserTokens, SignInCredentials } from './browser-tokens.ts'
import type { Keepers, KeepersOptions } from './keepers.ts'
import { resolveOptions, siteUrl } from './options.ts'
import type { BrowserTokensOptions } from './options.ts'
import { PageLife } from './page-life.ts'
import type { PageEvent } from './platform.ts'
import { quietly } from './quietly.ts'
import { describeSession, newer, pending } from './snapshot.ts'
import type { BrowserSnapshot } from './snapshot.ts'
import { TabSession } from './tab-session.ts'
import { Tabs } from './tabs.ts'
import { createTokenSource } from './token-source.ts'

/** A session that was last asked about this long ago is asked about again when somebody comes back to the page. */
const checkAgainMs = 300_000

/** Refusals of the proxy within this time lead to one question for the session. */
const checkPauseMs = 5000

/** No timer of a page is shorter, in milliseconds. */
const shortestTimerMs = 250

/** The parts put together: what wakes them up, when a timer is due, and what there is to show. */
export class PageTokens implements BrowserTokens {
  readonly authorize: AccessTokenSource['authorize']
  readonly fetch: AccessTokenSource['fetch']
  readonly getAccessToken: AccessTokenSource['getAccessToken']
  readonly settle: AccessTokenSource['settle']
  readonly variant: AccessTokenSource['variant']
  readonly #clock: Clock
  readonly #endpoint: () => URL
  readonly #life: PageLife
  readonly #listeners = new Set<() => void>()
  readonly #onEvent: BrowserTokensOptions['onEvent']
  readonly #session: TabSession
  readonly #tabs: Tabs
  #snapshot: BrowserSnapshot = pending
  #cancelTimer: (() => void) | undefined
  #cancelCheck: (() => void) | undefined
  /** The token that listeners were last told of. */
  #shown: string | undefined
  #isDisposed = false

  /** `createKeepers` is called once the server tells of mediated mode; it may refuse. */
  constructor(options: BrowserTokensOptions, createKeepers: (options: KeepersOptions) => Keepers) {
    const resolved = resolveOptions(options)
    const { endpoint, proxy, api, clock, send, createChannel } = resolved
    this.#clock = clock
    this.#onEvent = options.onEvent
    this.#endpoint = () => siteUrl(endpoint)
    this.#tabs = new Tabs({ createChannel, receive: data => this.#session.receive(data) })
    const parts = {
      ...resolved,
      tabs: this.#tabs,
      ask: createAskRoute({ ...resolved, endpoint: this.#endpoint }),
      onChange: () => this.#changed(),
      onEvent: (event: BrowserEvent) => quietly(() => this.#onEvent?.(event)),
    }
    this.#session = new TabSession({
      ...parts,
      createKeepers: listeners => createKeepers({ ...parts, ...listeners }),
    })
    this.#life = new PageLife({
      clock,
      page: options.page,
      onStart: () => this.#start(),
      onStop: () => this.#stop(),
      onEvent: event => this.#wake(event),
    })
    const source = createTokenSource({
      session: this.#session,
      targets: new ApiTargets(proxy === undefined ? undefined : () => siteUrl(proxy), api),
      send,
      during: call => this.#during(call),
      checkSession: () => this.#checkSession(),
    })
    this.authorize = source.authorize
    this.fetch = source.fetch
    this.getAccessToken = source.getAccessToken
    this.settle = source.settle
    this.variant = source.variant
  }

  readonly getSnapshot = (): BrowserSnapshot => this.#snapshot

  readonly getServerSnapshot = (): BrowserSnapshot => pending

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#isDisposed) return () => undefined
    // The same function may subscribe twice.
    const own = (): void => listener()
    this.#listeners.add(own)
    const leave = this.#life.watch()
    const { known, mustVerify, backOff } = this.#session
    if ((known === undefined || mustVerify) && backOff.remainingMs === 0) void this.#session.load()
    this.#plan()
    return () => {
      if (!this.#listeners.delete(own)) return
      leave()
      this.#plan()
    }
  }

  readonly peekAccessToken = (): string | undefined => this.#session.keepers?.main?.token?.accessToken

  readonly load = (): Promise<BrowserSnapshot> =>
    this.#during(async () => {
      await this.#session.ready().catch(() => undefined)
      return this.#snapshot
    })

  readonly signIn = ({ username, password }: SignInCredentials): Promise<void> =>
    this.#during(() => this.#session.signIn(username, password))

  readonly signOut = (): Promise<SignOutResult> =>
    this.#during(async () => ({ isSessionEnded: await this.#session.signOut() }))

  readonly refresh = (): Promise<void> =>
    this.#during(async () => {
      const session = this.#session
      const keeper = session.keeper(await session.signedIn(), '')
      if (keeper) return void (await keeper.get({ forceRefresh: true }))
      await session.load()
      if (session.backOff.error) throw session.backOff.error
    })

  readonly dispose = (): void => {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#life.stop()
    this.#session.dispose(disposed())
    this.#listeners.clear()
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isDisposed) throw disposed()
    return this.#life.during(call)
  }

  #start(): void {
    const { origin, pathname } = this.#endpoint()
    const name = `evergrant ${origin}${pathname}`
    this.#tabs.open(name)
    this.#session.keepers?.open(name)
  }

  #stop(): void {
    this.#cancelTimer?.()
    this.#cancelCheck?.()
    this.#cancelCheck = undefined
    this.#leaveTabs()
    // Nobody listens now: somebody may sign in or out.
    this.#session.mustVerify = this.#session.known !== undefined
  }

  #leaveTabs(): void {
    this.#tabs.close()
    this.#session.keepers?.close()
  }

  #wake({ type }: PageEvent): void {
    const session = this.#session
    if (type === 'freeze') session.keepers?.freeze()
    // With a channel or a lock the page could not enter the back-forward cache.
    else if (type === 'pagehide') this.#leaveTabs()
    else {
      session.keepers?.thaw()
      // Not at once when anything happens: pages that leave become hidden last of all.
      if (type === 'pageshow' && this.#tabs.name === undefined) {
        this.#start()
        session.mustVerify = session.known !== undefined
      }
      if (type === 'online') {
        session.backOff.hurry()
        session.keepers?.hurry()
      }
      if (this.#life.isVisible) this.#recheck()
      else this.#plan()
    }
  }

  /** Looks at everything that time may have changed. */
  #recheck(): void {
    const session = this.#session
    const isSignedIn = session.known?.status === 'authenticated'
    const isDue =
      !session.known || session.mustVerify || (isSignedIn && session.lastAnswer.msAgo >= checkAgainMs)
    if (isDue && session.backOff.remainingMs === 0) void session.load()
    if (this.#life.isWatched) session.keepers?.refreshIfDue()
    this.#plan()
  }

  /** Sets the one timer: for the next token that is due, or the next try. */
  #plan(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const session = this.#session
    if (this.#isDisposed || !this.#life.isWatched || !this.#life.isVisible) return
    const isAsked = session.isLoading || (session.known && !session.backOff.error)
    const dueInMs = Math.min(
      session.keepers?.dueInMs ?? Number.POSITIVE_INFINITY,
      isAsked ? Number.POSITIVE_INFINITY : session.backOff.remainingMs,
    )
    if (dueInMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(shortestTimerMs, dueInMs)
    this.#cancelTimer = this.#clock.schedule(() => this.#recheck(), delayMs)
  }

  /** The proxy refused a request: perhaps nobody is signed in any more. */
  #checkSession(): void {
    if (this.#cancelCheck || this.#session.isLoading || !this.#life.isStarted) return
    const check = (): void => {
      this.#cancelCheck = undefined
      void this.#session.load()
    }
    const { backOff, lastAnswer } = this.#session
    const waitMs = Math.max(checkPauseMs - lastAnswer.msAgo, backOff.remainingMs)
    if (waitMs <= 0) check()
    else this.#cancelCheck = this.#clock.schedule(check, waitMs)
  }

  #changed(): void {
    if (this.#isDisposed) return
    const before = this.#snapshot
    const shown = this.#shown
    this.#snapshot = newer(before, describeSession(this.#session))
    this.#shown = this.peekAccessToken()
    this.#plan()
    if (before === this.#snapshot && shown === this.#shown) return
    for (const listener of this.#listeners) quietly(listener)
  }
}

function disposed(): DisposedError {
  return new DisposedError('These tokens were disposed. Make new ones.')
}
