/** Whom an access token stands for and what it may do. */
export interface AccessGrant {
  readonly clientId: string | undefined
  readonly username: string | undefined
  readonly subject: string
  readonly sessionId: string | undefined
  readonly scope: readonly string[]
  /** Scopes and roles together: what the resource API asks for. */
  readonly permissions: ReadonlySet<string>
  /** The customer whose records the token opens; undefined opens all. */
  readonly customerId: string | undefined
}

/** An access token that the server still remembers. */
export interface ActiveToken {
  readonly grant: AccessGrant
  readonly issuedAt: number
  /** Epoch milliseconds; from this instant on the token is expired. */
  readonly expiresAt: number
}

const sweepEvery = 1_000

/** The access tokens of one provider, under their `jti` or, where tokens are opaque, under themselves. */
export class AccessTokens {
  readonly #tokens = new Map<string, ActiveToken>()
  #added = 0

  readonly #stale = new Set<string>()

  add(key: string, token: ActiveToken): void {
    this.#tokens.set(key, token)
    this.#added += 1
    // Expired tokens are kept for a while, so that a server can tell "expired" from "unknown", but not for ever.
    if (this.#added % sweepEvery === 0) this.#sweep(token.issuedAt)
  }

  find(key: string): ActiveToken | undefined {
    return this.#tokens.get(key)
  }

  /** Whether a token was issued before `markAllStale` was called last. */
  isStale(key: string): boolean {
    return this.#stale.has(key)
  }

  /** Marks every token issued so far. */
  markAllStale(): void {
    for (const key of this.#tokens.keys()) this.#stale.add(key)
  }

  revoke(key: string): void {
    this.#tokens.delete(key)
  }

  revokeSession(sessionId: string): void {
    for (const [key, { grant }] of this.#tokens) if (grant.sessionId === sessionId) this.#tokens.delete(key)
  }

  revokeAll(): void {
    this.#tokens.clear()
    this.#stale.clear()
  }

  #sweep(now: number): void {
    for (const [key, { expiresAt }] of this.#tokens) {
      if (expiresAt >= now) continue
      this.#tokens.delete(key)
      this.#stale.delete(key)
    }
  }
}
