import type { AuthorizationRequest } from './keycloak-authorization-request.ts'

/** Keycloak's "Login timeout". */
const logInMs = 30 * 60_000
const mostLogIns = 1_000

/** A log-in page that is open in some browser. */
export interface PendingLogIn {
  readonly request: AuthorizationRequest
  /** Names the browser, by a cookie: a form that another site posts there has none of its log-ins. */
  readonly browser: string
  readonly expiresAt: number
}

/** The log-ins that were begun. Each page has a code of its own, which is good for one posting. */
export class KeycloakLogIns {
  readonly #pending = new Map<string, PendingLogIn>()

  /** Opens a page for a request, and returns its code. A browser that has other pages open keeps its name. */
  begin(
    request: AuthorizationRequest,
    presentedBrowser: string | undefined,
    now: number,
  ): { readonly code: string; readonly browser: string } {
    this.#sweep(now)
    const isKnown = [...this.#pending.values()].some(({ browser }) => browser === presentedBrowser)
    const browser = isKnown && presentedBrowser !== undefined ? presentedBrowser : crypto.randomUUID()
    return { code: this.#keep({ request, browser, expiresAt: now + logInMs }), browser }
  }

  /** Takes a posted page's log-in, if it was opened in the same browser and is not too old. */
  take(code: string | null, browser: string | undefined, now: number): PendingLogIn | undefined {
    const pending = this.#pending.get(code ?? '')
    // Somebody else's posting must not use the page up.
    if (code === null || pending === undefined || pending.browser !== browser) return undefined
    this.#pending.delete(code)
    return now < pending.expiresAt ? pending : undefined
  }

  /** Opens the page again, under a new code: the password was wrong. */
  again(pending: PendingLogIn): string {
    return this.#keep(pending)
  }

  #keep(pending: PendingLogIn): string {
    const code = crypto.randomUUID()
    this.#pending.set(code, pending)
    const [oldest] = this.#pending.keys()
    if (this.#pending.size > mostLogIns && oldest !== undefined) this.#pending.delete(oldest)
    return code
  }

  #sweep(now: number): void {
    for (const [code, { expiresAt }] of this.#pending) if (now >= expiresAt) this.#pending.delete(code)
  }
}
