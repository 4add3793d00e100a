import type { CodeChallenge } from './keycloak-authorization-request.ts'

/** Keycloak's "Client login timeout". */
const codeMs = 60_000
const remembered = 1_000

/** What an authorization code stands for. */
export interface IssuedCode {
  readonly clientId: string
  readonly sessionId: string
  readonly redirectUri: string
  readonly nonce: string | undefined
  readonly challenge: CodeChallenge | undefined
  readonly expiresAt: number
}

/** What a presented code turns out to be. */
export type SpentCode =
  | { readonly kind: 'first'; readonly code: IssuedCode }
  | { readonly kind: 'replay'; readonly code: IssuedCode }
  | { readonly kind: 'expired' | 'unknown' }

/** The authorization codes of one realm: single-use and short-lived. RFC 6749 §4.1.2 */
export class KeycloakAuthorizationCodes {
  readonly #codes = new Map<string, { readonly code: IssuedCode; isUsed: boolean }>()

  issue(of: Omit<IssuedCode, 'expiresAt'>, now: number): string {
    const value = `${crypto.randomUUID()}.${of.sessionId}.${crypto.randomUUID()}`
    this.#codes.set(value, { code: { ...of, expiresAt: now + codeMs }, isUsed: false })
    const [oldest] = this.#codes.keys()
    if (this.#codes.size > remembered && oldest !== undefined) this.#codes.delete(oldest)
    return value
  }

  /** Uses a code up, whatever becomes of the request that presents it. */
  spend(value: string, now: number): SpentCode {
    const entry = this.#codes.get(value)
    if (entry === undefined) return { kind: 'unknown' }
    if (entry.isUsed) return { kind: 'replay', code: entry.code }
    entry.isUsed = true
    return now < entry.code.expiresAt ? { kind: 'first', code: entry.code } : { kind: 'expired' }
  }
}
