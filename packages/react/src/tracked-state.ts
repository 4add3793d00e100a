import type { AccessTokenState, StateField } from './access-token-state.ts'
import type { ObservableTokens } from './observable-tokens.ts'

const fields: readonly StateField[] = [
  'status',
  'mode',
  'signInId',
  'username',
  'accessToken',
  'expiresAt',
  'isRefreshing',
  'error',
]

type Facts = { readonly [Field in StateField]?: unknown }

interface Version {
  /** Replaced as long as nothing that was read differs. */
  facts: Facts
  readonly state: AccessTokenState
}

/** The state for one component: another object only when something changed that the component has read. */
export class TrackedState {
  readonly #tokens: ObservableTokens
  readonly #read = new Set<StateField>()
  readonly #server: Version
  #latest: Version

  constructor(tokens: ObservableTokens) {
    this.#tokens = tokens
    this.#server = this.#version(tokens.getServerSnapshot())
    this.#latest = this.#server
  }

  /** The state of a server, and of a page that hydrates. */
  readonly getServerState = (): AccessTokenState => this.#server.state

  readonly getState = (): AccessTokenState => {
    const facts = this.#facts()
    const before = this.#latest
    // Components that hydrate late still read what the server sent: that version never tells another status.
    const looked = before === this.#server ? [...this.#read, 'status' as const] : [...this.#read]
    const isOther = looked.some(field => facts[field] !== before.facts[field])
    if (isOther) this.#latest = this.#version(facts)
    else before.facts = facts
    return this.#latest.state
  }

  readonly subscribe = (onChange: () => void): (() => void) =>
    this.#tokens.subscribe(() => {
      onChange()
      this.obtain()
    })

  /** Asks for the access token if it was read and none is held: tokens ask for none before somebody wants one. */
  readonly obtain = (): void => {
    const { status, mode, accessToken, isRefreshing } = this.#facts()
    if (!this.#read.has('accessToken') || status !== 'authenticated' || mode !== 'mediated') return
    if (accessToken !== undefined || isRefreshing) return
    // What goes wrong stands in `error`.
    this.#tokens.getAccessToken().catch(() => undefined)
  }

  #facts(): Facts {
    const snapshot = this.#tokens.getSnapshot()
    if (snapshot.status !== 'authenticated') return snapshot
    return { ...snapshot, accessToken: this.#tokens.peekAccessToken() }
  }

  #version(facts: Facts): Version {
    const { fetch, getAccessToken, refresh, signIn, signOut } = this.#tokens
    const state = { fetch, getAccessToken, refresh, signIn, signOut }
    const version = { facts, state: state as AccessTokenState }
    for (const field of fields) {
      const get = (): unknown => {
        this.#read.add(field)
        return version.facts[field]
      }
      Object.defineProperty(state, field, { enumerable: true, get })
    }
    return version
  }
}
