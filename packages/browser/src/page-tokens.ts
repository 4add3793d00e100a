import type { Clock, SignOutResult } from '@evergrant/core'
import { DisposedError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { ApiTargets } from './api-targets.ts'
import { AuthRoutes } from './auth-routes.ts'
import type { BrowserEvent } from './browser-event.ts'
import type { BrowserTokens, SignInCredentials } from './browser-tokens.ts'
import { resolveOptions, siteUrl } from './options.ts'
import type { BrowserTokensOptions } from './options.ts'
import { PageLife } from './page-life.ts'
import type { PageEvent } from './platform.ts'
import { quietly } from './quietly.ts'
import { newer, pending } from './snapshot.ts'
import type { BrowserSnapshot } from './snapshot.ts'
import { TabSession } from './tab-session.ts'
import { Tabs } from './tabs.ts'
import { createTokenSource } from './token-source.ts'

/** A session that was last asked about this long ago is asked about again when somebody comes back to the page. */
const checkAgainMs = 300_000

/** Refusals of the proxy within this time lead to one question for the session. */
const checkPauseMs = 5000

/** No timer of a page runs longer or shorter, in milliseconds. */
const timerBounds = { shortestMs: 250, longestMs: 3_600_000 }

/** The parts put together: what wakes them up, when a timer is due, and what there is to show. */
export class PageTokens implements BrowserTokens {
  readonly #clock: Clock
  readonly #endpoint: () => URL
  readonly #life: PageLife
  readonly #listeners = new Set<() => void>()
  readonly #onEvent: BrowserTokensOptions['onEvent']
  readonly #session: TabSession
  readonly #source: AccessTokenSource
  readonly #tabs: Tabs
  #snapshot: BrowserSnapshot = pending
  #cancelTimer: (() => void) | undefined
  #cancelCheck: (() => void) | undefined
  #isFrozen = false
  #isDisposed = false

  constructor(options: BrowserTokensOptions) {
    const { endpoint, proxy, api, clock, random, send, createChannel, locks, lockTimeoutMs, timeoutMs } =
      resolveOptions(options)
    this.#clock = clock
    this.#onEvent = options.onEvent
    this.#endpoint = () => siteUrl(endpoint)
    this.#tabs = new Tabs({
      createChannel,
      locks,
      clock,
      random,
      lockTimeoutMs,
      receive: (message, sinceAt) => {
        // What waited while the page was frozen may be old, and says nothing about how old it is.
        const isStale = this.#isFrozen && sinceAt === undefined && message.type === 'token'
        if (!isStale) this.#session.receive(message, sinceAt)
      },
      onLockTimeout: () => this.#emit({ type: 'lock-timed-out' }),
    })
    this.#session = new TabSession({
      clock,
      random,
      tabs: this.#tabs,
      routes: new AuthRoutes({ endpoint: this.#endpoint, fetch: send, clock, timeoutMs }),
      onChange: () => this.#changed(),
      onEvent: event => this.#emit(event),
    })
    this.#life = new PageLife({
      clock,
      page: options.page,
      onStart: () => this.#start(),
      onStop: () => this.#stop(),
      onEvent: event => this.#wake(event),
    })
    this.#source = createTokenSource({
      session: this.#session,
      targets: new ApiTargets(proxy === undefined ? undefined : () => siteUrl(proxy), api),
      send,
      during: call => this.#during(call),
      checkSession: () => this.#checkSession(),
    })
  }

  readonly authorize: AccessTokenSource['authorize'] = (...given) => this.#source.authorize(...given)

  readonly fetch: AccessTokenSource['fetch'] = (...given) => this.#source.fetch(...given)

  readonly getAccessToken: AccessTokenSource['getAccessToken'] = options =>
    this.#source.getAccessToken(options)

  readonly settle: AccessTokenSource['settle'] = (...given) => this.#source.settle(...given)

  readonly variant: AccessTokenSource['variant'] = options => this.#source.variant(options)

  readonly getSnapshot = (): BrowserSnapshot => this.#snapshot

  readonly getServerSnapshot = (): BrowserSnapshot => pending

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#isDisposed) return () => undefined
    // The same function may subscribe twice.
    const own = (): void => listener()
    this.#listeners.add(own)
    const leave = this.#life.watch()
    if (this.#session.known === undefined || this.#session.mustVerify) void this.#session.load()
    this.#plan()
    return () => {
      if (!this.#listeners.delete(own)) return
      leave()
      this.#plan()
    }
  }

  readonly peekAccessToken = (): string | undefined => {
    const known = this.#session.known
    return known?.status === 'authenticated' && known.mode === 'mediated'
      ? this.#session.keeper(known.signInId, '').token?.accessToken
      : undefined
  }

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
      const session = await this.#session.ready()
      if (session.status === 'unauthenticated') throw this.#session.nobody()
      if (session.mode === 'proxy') {
        await this.#session.load()
        if (this.#session.backOff.error) throw this.#session.backOff.error
      } else await this.#session.keeper(session.signInId, '').get({ forceRefresh: true })
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
    this.#isFrozen = false
    this.#tabs.open(`evergrant ${origin}${pathname}`)
  }

  #stop(): void {
    this.#cancelTimer?.()
    this.#cancelCheck?.()
    this.#cancelCheck = undefined
    this.#tabs.close()
    // Nobody listens now: somebody may sign in or out.
    this.#session.mustVerify = this.#session.known !== undefined
  }

  #wake({ type }: PageEvent): void {
    const session = this.#session
    if (type === 'freeze') this.#isFrozen = true
    else if (type === 'pagehide') {
      // With a channel or a lock the page could not enter the back-forward cache.
      this.#tabs.close()
    } else {
      if (this.#isFrozen) {
        this.#clock.schedule(() => void (this.#isFrozen = false), 0)
        for (const keeper of session.keepers) void keeper.catchUp()
      }
      // Not at once when anything happens: pages that leave become hidden last of all.
      if (type === 'pageshow' && !this.#tabs.isOpen) {
        this.#start()
        session.mustVerify = session.known !== undefined
      }
      if (type === 'online') for (const { backOff } of [session, ...session.keepers]) backOff.hurry()
      if (this.#life.isVisible) this.#recheck()
      else this.#plan()
    }
  }

  /** Looks at everything that time may have changed. */
  #recheck(): void {
    const session = this.#session
    const isSignedIn = session.known?.status === 'authenticated'
    const isDue = !session.known || session.mustVerify || (isSignedIn && session.checkedMsAgo >= checkAgainMs)
    if (isDue && session.backOff.remainingMs === 0) void session.load()
    if (this.#life.isWatched) for (const keeper of session.keepers) keeper.refreshIfDue()
    this.#plan()
  }

  /** Sets the one timer: for the next token that is due, or the next try. */
  #plan(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const session = this.#session
    if (this.#isDisposed || !this.#life.isWatched || !this.#life.isVisible) return
    const dueInMs = [...session.keepers].flatMap(keeper =>
      keeper.isRefreshing || keeper.dueInMs === undefined ? [] : [keeper.dueInMs],
    )
    if (!session.isLoading && (!session.known || session.backOff.error))
      dueInMs.push(session.backOff.remainingMs)
    if (dueInMs.length === 0) return
    const delayMs = Math.min(timerBounds.longestMs, Math.max(timerBounds.shortestMs, Math.min(...dueInMs)))
    this.#cancelTimer = this.#clock.schedule(() => this.#recheck(), delayMs)
  }

  /** The proxy refused a request: perhaps nobody is signed in any more. */
  #checkSession(): void {
    if (this.#cancelCheck || this.#session.isLoading || !this.#life.isStarted) return
    const check = (): void => {
      this.#cancelCheck = undefined
      void this.#session.load()
    }
    const waitMs = checkPauseMs - this.#session.checkedMsAgo
    if (waitMs <= 0) check()
    else this.#cancelCheck = this.#clock.schedule(check, waitMs)
  }

  #changed(): void {
    if (this.#isDisposed) return
    const before = this.#snapshot
    this.#snapshot = newer(before, this.#session.snapshot())
    this.#plan()
    if (before !== this.#snapshot) for (const listener of this.#listeners) quietly(listener)
  }

  #emit(event: BrowserEvent): void {
    quietly(() => this.#onEvent?.(event))
  }
}

function disposed(): DisposedError {
  return new DisposedError('These tokens were disposed. Make new ones.')
}
