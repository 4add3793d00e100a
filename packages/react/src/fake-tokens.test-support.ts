import type { BrowserSnapshot } from '@evergrant/browser'
import type { ObservableTokens } from './observable-tokens.ts'

const pending: BrowserSnapshot = Object.freeze({ status: 'pending', isRefreshing: false })

/** Tokens that a test moves by hand. */
export class FakeTokens implements ObservableTokens {
  /** The calls, by name, in order. */
  readonly calls: string[] = []
  /** How many listeners there are now. */
  listeners = 0
  /** What `getAccessToken` does beside being counted. */
  onGetAccessToken: () => void = () => undefined
  readonly #listeners = new Set<() => void>()
  #snapshot: BrowserSnapshot = pending
  #accessToken: string | undefined

  readonly getSnapshot = (): BrowserSnapshot => this.#snapshot
  readonly getServerSnapshot = (): BrowserSnapshot => pending
  readonly peekAccessToken = (): string | undefined => this.#accessToken

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener()
    this.#listeners.add(own)
    this.listeners++
    return () => {
      if (this.#listeners.delete(own)) this.listeners--
    }
  }

  readonly load = async (): Promise<BrowserSnapshot> => {
    this.calls.push('load')
    return this.#snapshot
  }

  readonly getAccessToken = async (): Promise<string> => {
    this.calls.push('getAccessToken')
    this.onGetAccessToken()
    return this.#accessToken ?? 'fake-token-later'
  }

  readonly fetch: typeof globalThis.fetch = async () => Response.json({})

  readonly refresh = async (): Promise<void> => void this.calls.push('refresh')

  readonly signIn: ObservableTokens['signIn'] = async () => void this.calls.push('signIn')

  readonly signOut: ObservableTokens['signOut'] = async () => ({ isSessionEnded: true })

  set(snapshot: BrowserSnapshot, accessToken?: string): void {
    this.#snapshot = Object.freeze(snapshot)
    this.#accessToken = accessToken
    for (const listener of this.#listeners) listener()
  }

  /** Somebody is signed in, in mediated mode if there is a token. */
  authenticate(
    facts: { username?: string; signInId?: string; isRefreshing?: boolean; expiresAt?: number } = {},
    accessToken?: string,
    mode: 'proxy' | 'mediated' = accessToken === undefined ? 'proxy' : 'mediated',
  ): void {
    this.set(
      {
        status: 'authenticated',
        mode,
        signInId: facts.signInId ?? 'sign-in-1',
        username: facts.username ?? 'ann',
        expiresAt: facts.expiresAt,
        isRefreshing: facts.isRefreshing ?? false,
        error: undefined,
      },
      accessToken,
    )
  }

  /** Nobody is. */
  end(): void {
    this.set({ status: 'unauthenticated', mode: 'proxy', isRefreshing: false })
  }

  /** One refresh, as the real tokens show it. */
  rotate(count: number): void {
    this.authenticate({ isRefreshing: true, expiresAt: count }, `fake-token-${count - 1}`)
    this.authenticate({ expiresAt: count + 1 }, `fake-token-${count}`)
  }
}
