import type { Clock } from '@evergrant/core'
import type { RequestLike, SessionCookie } from './request-session.ts'
import { assertCookieIsKept, cookieKindOf, cookieNames } from './session-cookie.ts'
import type { CookieKind } from './session-cookie.ts'
import type { KeptCookie } from './session-keeper.ts'
import type { ResolvedSessionOptions } from './session-options.ts'

/** The cookies that the answer to one request sets. */
export class ResponseCookies {
  readonly #request: RequestLike
  readonly #kind: CookieKind
  readonly #sameSite: SessionCookie['sameSite']
  readonly #clock: Clock
  #list: readonly SessionCookie[] = []

  constructor(request: RequestLike, options: ResolvedSessionOptions, clock: Clock) {
    this.#request = request
    this.#kind = cookieKindOf(request, options)
    this.#sameSite = options.sameSite
    this.#clock = clock
  }

  /** The session cookie's name. */
  get name(): string {
    return this.#kind.name
  }

  get isSecure(): boolean {
    return this.#kind.isSecure
  }

  get list(): readonly SessionCookie[] {
    return this.#list
  }

  /** @throws {ConfigurationError} the browser would drop the cookie */
  assertKept(): void {
    assertCookieIsKept(this.#kind, this.#request)
  }

  /**
   * Sets all cookies of a session, until `endsAt` or for lasting ones `lastingUntil`, in epoch milliseconds. Others of
   * ours that the browser has are removed, or they would be taken for a part.
   */
  set(cookies: readonly KeptCookie[], endsAt: number, lastingUntil: number): void {
    const kept = new Set(cookies.map(({ name }) => name))
    const removed = cookieNames(this.#request, this.name).filter(name => !kept.has(name))
    this.#list = [
      ...cookies.flatMap(({ name, value, isLasting }) =>
        value === undefined
          ? this.#list.filter(cookie => cookie.name === name)
          : [this.#cookie(name, value, isLasting ? lastingUntil : endsAt)],
      ),
      ...removed.map(name => this.#cookie(name, '', 0)),
    ]
  }

  /** Removes every cookie of a session that the browser has. */
  clear(): void {
    this.set([], 0, 0)
  }

  #cookie(name: string, value: string, endsAt: number): SessionCookie {
    const maxAge = Math.max(0, Math.floor((endsAt - this.#clock.wall()) / 1000))
    return { name, value, maxAge, isSecure: this.#kind.isSecure, sameSite: this.#sameSite }
  }
}
