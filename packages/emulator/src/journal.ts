import type { FaultKind } from './faults/fault.ts'
import type { ProviderName } from './provider-name.ts'

/** What a request was about. */
export type RequestKind =
  | 'token'
  | 'authorization'
  | 'log-in'
  | 'api'
  | 'jwks'
  | 'discovery'
  | 'userinfo'
  | 'introspection'
  | 'revocation'
  | 'logout'
  | 'session-info'
  | 'unknown'

/** One answered request. It never holds a token, secret, password or API key. */
export interface JournalEntry {
  /** When the request arrived, in epoch milliseconds of the emulator's clock. */
  readonly at: number
  /** Absent when the path belongs to no provider. */
  readonly provider?: ProviderName | undefined
  readonly kind: RequestKind
  readonly method: string
  /** Path below the emulator, with its query; values of parameters that could be secret are `[redacted]`. */
  readonly path: string
  /** As sent, when it is a grant type that some RFC defines; otherwise `[unknown]`. */
  readonly grantType?: string | undefined
  /** As sent or as the access token says; `[unknown]` when the provider has no such client. */
  readonly clientId?: string | undefined
  /** As sent or as the access token says; `[unknown]` when the provider has no such user. */
  readonly username?: string | undefined
  /** 0 when the connection broke before an answer. */
  readonly status: number
  /** The OAuth 2.0 error code of the answer. */
  readonly error?: string | undefined
  /** The kinds of the faults that spoiled the answer, in the order they applied; absent without any. */
  readonly faults?: readonly FaultKind[] | undefined
}

/** Selects entries; an absent member matches all. */
export interface JournalFilter {
  readonly provider?: ProviderName | undefined
  readonly kind?: RequestKind | undefined
  readonly grantType?: string | undefined
}

/** Every request the emulator has answered, secrets left out. */
export interface Journal {
  /** Returns the matching entries among the last 10,000, oldest first. */
  entries(filter?: JournalFilter): readonly JournalEntry[]
  /** Counts the matching requests since the start or the last `clear`, those that fell out included. */
  count(filter?: JournalFilter): number
  clear(): void
}

const capacity = 10_000

interface Tally {
  readonly provider: ProviderName | undefined
  readonly kind: RequestKind
  readonly grantType: string | undefined
  count: number
}

/** The journal with its writing side, which only the emulator sees. */
export class RequestJournal implements Journal {
  #entries: JournalEntry[] = []
  readonly #tallies = new Map<string, Tally>()

  record(entry: JournalEntry): void {
    this.#entries.push(Object.freeze(entry))
    // Trimmed in bulk: shifting one element of a 10,000-element array per request would dominate a soak test.
    if (this.#entries.length >= capacity * 2) this.#entries = this.#entries.slice(-capacity)
    const key = `${entry.provider} ${entry.kind} ${entry.grantType}`
    const tally = this.#tallies.get(key)
    if (tally) tally.count += 1
    else {
      const { provider, kind, grantType } = entry
      this.#tallies.set(key, { provider, kind, grantType, count: 1 })
    }
  }

  entries(filter: JournalFilter = {}): readonly JournalEntry[] {
    return this.#entries.slice(-capacity).filter(entry => matches(entry, filter))
  }

  count(filter: JournalFilter = {}): number {
    let sum = 0
    for (const tally of this.#tallies.values()) if (matches(tally, filter)) sum += tally.count
    return sum
  }

  clear(): void {
    this.#entries = []
    this.#tallies.clear()
  }
}

function matches(item: Omit<Tally, 'count'> | JournalEntry, filter: JournalFilter): boolean {
  return (
    (filter.provider === undefined || item.provider === filter.provider) &&
    (filter.kind === undefined || item.kind === filter.kind) &&
    (filter.grantType === undefined || item.grantType === filter.grantType)
  )
}
