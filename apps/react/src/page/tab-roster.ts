import type { SignInView, TabView } from './tab-view.ts'
import type { TokensName } from '../settings.ts'

/** What tabs say to each other. */
export type RosterMessage =
  { readonly type: 'hello' | 'here'; readonly tab: TabView } | { readonly type: 'bye'; readonly id: string }

/** Reaches the other tabs. */
export interface RosterChannel {
  readonly send: (message: RosterMessage) => void
  readonly close: () => void
}

type OpenChannel = (receive: (message: RosterMessage) => void) => RosterChannel

type Views = Readonly<Record<TokensName, SignInView | undefined>>

const nothing: readonly TabView[] = []

/** Which tabs of this page are open, and what each of them shows. This demo asks; Evergrant itself needs no such list. */
export class TabRoster {
  readonly #open: OpenChannel
  readonly #listeners = new Set<() => void>()
  #id = ''
  #shows: Views = { teamServer: undefined, travis: undefined }
  #tabs = nothing
  #channel: RosterChannel | undefined

  constructor(open: OpenChannel = openChannel) {
    this.#open = open
  }

  /** The name of this tab; empty before it has joined. */
  get id(): string {
    return this.#id
  }

  readonly getSnapshot = (): readonly TabView[] => this.#tabs

  readonly getServerSnapshot = (): readonly TabView[] => nothing

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Joins the other tabs as `id`; returns the function that leaves them. */
  readonly join = (id: string): (() => void) => {
    const channel = this.#open(message => this.#receive(message))
    this.#id = id
    this.#channel = channel
    this.call()
    return () => {
      channel.send({ type: 'bye', id })
      channel.close()
      this.#channel = undefined
      this.#set(nothing)
    }
  }

  /** Asks anew who is there: a tab that crashed said no goodbye. */
  readonly call = (): void => {
    if (this.#channel === undefined) return
    this.#set([this.#own])
    this.#channel.send({ type: 'hello', tab: this.#own })
  }

  /** Tells what this tab shows. */
  readonly show = (shows: Views): void => {
    this.#shows = shows
    if (this.#channel === undefined) return
    this.#channel.send({ type: 'here', tab: this.#own })
    this.#put(this.#own)
  }

  get #own(): TabView {
    return { id: this.#id, shows: this.#shows }
  }

  #receive(message: RosterMessage): void {
    if (message.type === 'bye') return this.#set(this.#tabs.filter(({ id }) => id !== message.id))
    if (message.type === 'hello') this.#channel?.send({ type: 'here', tab: this.#own })
    this.#put(message.tab)
  }

  /** This tab stands first, the others stay where they are. */
  #put(tab: TabView): void {
    const isKnown = this.#tabs.some(({ id }) => id === tab.id)
    this.#set(isKnown ? this.#tabs.map(known => (known.id === tab.id ? tab : known)) : [...this.#tabs, tab])
  }

  #set(tabs: readonly TabView[]): void {
    this.#tabs = tabs
    for (const listener of this.#listeners) listener()
  }
}

function openChannel(receive: (message: RosterMessage) => void): RosterChannel {
  const channel = new BroadcastChannel('evergrant demo tabs')
  channel.addEventListener('message', ({ data }: MessageEvent<RosterMessage>) => receive(data))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    send: message => channel.postMessage(message),
    close: () => channel.close(),
  }
}
