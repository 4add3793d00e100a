import type { AuthorizationBase } from './authorization.ts'
import type { Clock } from './clock.ts'
import type { EventDetails } from './events.ts'
import type { Grant } from './grants/grant.ts'
import type { TokenStore } from './store.ts'
import type { Binding } from './token-record.ts'

/** Everything one credential works with. Time, chance, network and store come in here and nowhere else. */
export interface Environment {
  readonly authorization: AuthorizationBase & { readonly grant?: Grant | undefined }
  readonly key: string
  readonly binding: Binding
  readonly store: TokenStore
  readonly clock: Clock
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  /** How long a caller waits for one exchange, in milliseconds. */
  readonly timeoutMs: number
  /** How long a claim holds and an exchange may live, in milliseconds. */
  readonly holdMs: number
  /** Whether a refresh token may be redeemed while the store is down. */
  readonly onStoreOutage: 'wait' | 'refresh'
  readonly emit: (event: EventDetails) => void
  /** Tells the runtime about work that must outlive the response. Never throws. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

/** An id that is new everywhere: 128 bits of the injected chance. */
export function newId(random: () => number): string {
  const word = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return word() + word() + word() + word()
}
