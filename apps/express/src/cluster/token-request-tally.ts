import type { Emulator, JournalEntry } from '@evergrant/emulator'
import type { CountedRequests } from '../gateway-cluster.ts'
import { providerNames } from '../provider-name.ts'
import type { ProviderName } from '../provider-name.ts'

const none: CountedRequests = { sent: 0, failed: 0 }

/**
 * Counts what arrives at the emulator's token endpoints for the gateways' own credentials. The requests of customers who
 * sign in are not among them.
 */
export class TokenRequestTally {
  readonly #emulator: Emulator
  readonly #counts = new Map<ProviderName, CountedRequests>()
  /** The journal forgets its oldest entries: what was counted stays counted. */
  #newest: JournalEntry | undefined

  constructor(emulator: Emulator) {
    this.#emulator = emulator
  }

  /** Looks at what is new. */
  counts(): Readonly<Partial<Record<ProviderName, CountedRequests>>> {
    const entries = this.#emulator.journal.entries()
    const known = this.#newest === undefined ? -1 : entries.lastIndexOf(this.#newest)
    for (const entry of entries.slice(known + 1)) this.#count(entry)
    this.#newest = entries.at(-1)
    return Object.fromEntries(providerNames.map(name => [name, this.#counts.get(name) ?? none]))
  }

  #count({ provider, kind, clientId, status }: JournalEntry): void {
    const { name: travis, credentials } = this.#emulator.travis
    if (kind !== 'token') return
    if (provider === travis && clientId !== credentials.serviceAccount.clientId) return
    const name = providerNames.find(each => this.#emulator[each].name === provider)
    if (name === undefined) return
    const { sent, failed } = this.#counts.get(name) ?? none
    this.#counts.set(name, { sent: sent + 1, failed: failed + (status === 200 ? 0 : 1) })
  }
}
