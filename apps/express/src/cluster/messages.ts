import type { FaultName } from '../emulator-faults.ts'
import type { CountedRequests, ProcessStatus, TokenCounts } from '../gateway-cluster.ts'
import type { ProviderName } from '../provider-name.ts'

/** What a gateway's process is told when it begins. */
export interface GatewayOrders {
  /** `A`. */
  readonly name: string
  readonly port: number
  /** How a message ends that says that the port cannot be used. */
  readonly portAdvice: string
  /** Where the emulator is; undefined: all providers are real. */
  readonly emulatorUrl: string | undefined
  readonly redis: SharedRedis
}

/** Where the processes share their tokens. */
export interface SharedRedis {
  readonly url: string
  /** Begins the names of all keys of this run. */
  readonly prefix: string
  /** The folder of a Redis that lives no longer than this run; undefined: it is the user's own. */
  readonly temporaryFolder: string | undefined
}

/** Who runs, and what arrived at the emulator: what the process that started the others knows. */
export interface World {
  readonly processes: readonly Omit<ProcessStatus, keyof TokenCounts>[]
  /** Absent for real providers. */
  readonly requests: Readonly<Partial<Record<ProviderName, CountedRequests>>>
}

/** What a gateway's process asks of the one that started it. */
export type Question =
  | { readonly what: 'world' }
  | { readonly what: 'mend'; readonly provider: ProviderName }
  | { readonly what: 'break'; readonly provider: ProviderName; readonly fault: FaultName }

/** From a gateway's process. */
export type FromGateway =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }

/** To a gateway's process. */
export type ToGateway =
  | { readonly type: 'orders'; readonly orders: GatewayOrders }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
