import type { ProviderName } from './provider-name.ts'
import type { FaultKind } from './faults/fault.ts'
import type { RequestKind } from './journal.ts'

/** What the journal learns about a request while it is answered. Handlers fill it in; never with a secret. */
export interface RequestFacts {
  provider?: ProviderName | undefined
  kind: RequestKind
  grantType?: string | undefined
  clientId?: string | undefined
  username?: string | undefined
  error?: string | undefined
  faults?: readonly FaultKind[] | undefined
}

/** One request on its way through the emulator. */
export interface Exchange {
  readonly request: Request
  /** The URL by which the client reached the server; issuers follow it. */
  readonly publicUrl: URL
  /** The path below the provider's base path: `/auth/realms/…` for `/travis/auth/realms/…`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Arrival, in epoch milliseconds of the emulator's clock. */
  readonly at: number
  /** Whether the answer goes straight to a client that, like `fetch`, has decoded its body. */
  readonly isDecoded: boolean
  readonly facts: RequestFacts
}

/** One step of the pipeline: answers itself, or passes on and may look at the answer. */
export type Step = (exchange: Exchange, next: () => Promise<Response>) => Promise<Response>

/** Runs the steps in order; the last one answers without calling `next`. */
export function runSteps(steps: readonly Step[], exchange: Exchange): Promise<Response> {
  const [first, ...rest] = steps
  if (!first) return Promise.reject(new Error('The pipeline ended without an answer.'))
  return first(exchange, () => runSteps(rest, exchange))
}
