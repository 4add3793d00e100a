import type { Clock } from '@evergrant/core'
import { seededRandom, VirtualClock } from '@evergrant/testing'
import type { BrowserEvent } from './browser-event.ts'
import { createBrowserTokens } from './create-browser-tokens.ts'
import type { BrowserTokens } from './browser-tokens.ts'
import type { BrowserTokensOptions } from './options.ts'
import type { PageEvent, PageEvents, TabChannel, TabLocks } from './platform.ts'

/** Whatever answers the requests of the tabs. */
export type Answer = (request: Request) => Promise<Response>

export const site = 'https://app.test'

interface Lock {
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
  readonly tab: FakeTab
  readonly grant: () => void
  isHeld: boolean
}

/** A browser whose tabs can be closed, frozen, slow and of different minds about the time. */
export class FakeBrowser {
  readonly clock: VirtualClock
  readonly tabs: FakeTab[] = []
  readonly locks: Lock[] = []
  /** Every message on the channel. */
  readonly messages: unknown[] = []
  readonly random: () => number
  /** Answers what goes to the site and elsewhere. */
  answer: Answer
  /** How long a request is on its way, in milliseconds. */
  latencyMs = 20
  /** How long a message is on its way, in milliseconds. */
  messageDelay: () => number = () => 0

  constructor(
    answer: Answer,
    { clock = new VirtualClock(), seed = 1 }: { clock?: VirtualClock; seed?: number } = {},
  ) {
    this.answer = answer
    this.clock = clock
    this.random = seededRandom(seed)
  }

  open(options: FakeTabOptions = {}): FakeTab {
    const tab = new FakeTab(this, options)
    this.tabs.push(tab)
    return tab
  }

  /** Grants what can be granted. */
  settleLocks(): void {
    for (const lock of this.locks.slice()) {
      if (lock.isHeld) continue
      const ahead = this.locks.slice(0, this.locks.indexOf(lock)).filter(({ name }) => name === lock.name)
      const isFree = ahead.every(other => lock.mode === 'shared' && other.mode === 'shared')
      if (!isFree) continue
      lock.isHeld = true
      lock.grant()
    }
  }
}

/** Options of {@link FakeBrowser.open}. */
export interface FakeTabOptions {
  readonly hasLocks?: boolean
  readonly hasChannel?: boolean
  /** How far this tab's clocks are ahead of the others', in milliseconds. */
  readonly clockAheadMs?: number
  readonly tokens?: BrowserTokensOptions
  /** Makes the tokens. */
  readonly create?: typeof createBrowserTokens
}

/** One tab, with tokens of its own. */
export class FakeTab {
  readonly browser: FakeBrowser
  readonly tokens: BrowserTokens
  readonly events: BrowserEvent[] = []
  readonly channels: Set<FakeChannel> = new Set()
  readonly page: FakePage = new FakePage()
  readonly requests: { readonly url: string; readonly headers: Headers }[] = []
  /** How often it was frozen. */
  frozenTimes = 0
  #state: 'running' | 'frozen' | 'dead' = 'running'
  #held: (() => void)[] = []

  constructor(browser: FakeBrowser, options: FakeTabOptions) {
    const { hasLocks = true, hasChannel = true, clockAheadMs = 0, tokens = {} } = options
    const { create = createBrowserTokens } = options
    this.browser = browser
    this.tokens = create({
      endpoint: `${site}/auth`,
      proxy: `${site}/api/travis`,
      fetch: (input, init) => this.#fetch(input, init),
      clock: this.#clock(clockAheadMs),
      random: browser.random,
      locks: hasLocks ? this.#locks() : null,
      channel: hasChannel ? () => this.#channel() : null,
      page: this.page,
      onEvent: event => void this.events.push(event),
      ...tokens,
    })
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  /** Runs now, later or never. */
  run(callback: () => void): void {
    if (this.#state === 'running') callback()
    else if (this.#state === 'frozen') this.#held.push(callback)
  }

  freeze(): void {
    if (this.#state !== 'running') return
    this.frozenTimes++
    this.page.send('freeze')
    this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    this.page.send('resume')
    for (const callback of this.#held.splice(0)) this.run(callback)
  }

  /** The tab is gone in the middle of whatever it does. */
  kill(): void {
    this.#state = 'dead'
    const { browser } = this
    browser.tabs.splice(browser.tabs.indexOf(this), 1)
    for (const lock of browser.locks.filter(({ tab }) => tab === this))
      browser.locks.splice(browser.locks.indexOf(lock), 1)
    browser.settleLocks()
  }

  #clock(aheadMs: number): Clock {
    const { clock } = this.browser
    return {
      wall: () => clock.wall() + aheadMs,
      monotonic: () => clock.monotonic() + aheadMs,
      schedule: (callback, delayMs) => clock.schedule(() => this.run(callback), delayMs),
    }
  }

  async #fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    this.requests.push({ url: request.url, headers: request.headers })
    const { clock } = this.browser
    const later = (): Promise<void> =>
      new Promise(resolve => clock.schedule(() => this.run(resolve), this.browser.latencyMs / 2))
    const aborted = new Promise<never>((_resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true })
    })
    const answered = later()
      .then(() => this.browser.answer(request))
      .then(response => later().then(() => response))
    return Promise.race([answered, aborted])
  }

  #channel(): TabChannel {
    const channel = new FakeChannel(this)
    this.channels.add(channel)
    return channel
  }

  #locks(): TabLocks {
    const { locks } = this.browser
    return {
      request: (name, { mode = 'exclusive', signal }, callback) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason as Error)
          const lock: Lock = { name, mode, tab: this, isHeld: false, grant: () => this.run(work) }
          const remove = (): void => {
            if (locks.includes(lock)) locks.splice(locks.indexOf(lock), 1)
            this.browser.settleLocks()
          }
          const work = (): void => {
            callback().then(resolve, reject).finally(remove)
          }
          signal?.addEventListener('abort', () => {
            if (lock.isHeld) return
            remove()
            reject(signal.reason as Error)
          })
          locks.push(lock)
          this.browser.settleLocks()
        }),
      query: async () => ({ held: locks.filter(({ isHeld }) => isHeld) }),
    }
  }
}

class FakeChannel implements TabChannel {
  readonly #tab: FakeTab
  #listeners: ((event: { readonly data: unknown }) => void)[] = []

  constructor(tab: FakeTab) {
    this.#tab = tab
  }

  addEventListener(_type: 'message', listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.push(listener)
  }

  receive(data: unknown): void {
    for (const listener of this.#listeners) listener({ data })
  }

  postMessage(message: unknown): void {
    const { browser } = this.#tab
    const data = structuredClone(message)
    browser.messages.push(data)
    for (const tab of browser.tabs) {
      if (tab === this.#tab) continue
      const deliver = (): void => tab.channels.forEach(channel => channel.receive(data))
      browser.clock.schedule(() => tab.run(deliver), browser.messageDelay())
    }
  }

  close(): void {
    this.#listeners = []
    this.#tab.channels.delete(this)
  }
}

class FakePage implements PageEvents {
  readonly document = { visibilityState: 'visible' }
  readonly #listeners = new Map<string, Set<(event: PageEvent) => void>>()

  /** How many listeners there are. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }

  addEventListener(type: string, listener: (event: PageEvent) => void): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
  }

  removeEventListener(type: string, listener: (event: PageEvent) => void): void {
    this.#listeners.get(type)?.delete(listener)
  }

  send(type: string, persisted = false): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ type, persisted })
  }

  show(isVisible: boolean): void {
    this.document.visibilityState = isVisible ? 'visible' : 'hidden'
    this.send('visibilitychange')
  }
}
