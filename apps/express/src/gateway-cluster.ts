import type { TokenManager, TokenStore } from '@evergrant/core'
import type { ProviderName } from './provider-name.ts'

/** The new access token that one of the processes brought last. */
export interface LastRefresh {
  /** The process's name: `A`. */
  readonly process: string
  readonly pid: number
  /** Epoch milliseconds of that process's clock. */
  readonly at: number
  /** How: with the refresh token, or with the grant once more. */
  readonly rung: string
}

/** How often a process obtained an access token itself, and how often it took over what another had obtained. */
export interface TokenCounts {
  readonly obtained: number
  readonly adopted: number
}

/** One of the processes, for the page. */
export interface ProcessStatus extends TokenCounts {
  readonly name: string
  readonly pid: number
  readonly url: string
  /** How it ended; absent: it runs. */
  readonly end?: string | undefined
}

/** Requests for the gateway's own credentials that arrived at emulated token endpoints. */
export interface CountedRequests {
  readonly sent: number
  /** Those among them that brought no access token. */
  readonly failed: number
}

/** What the processes did for one credential. */
export interface SharedCredential {
  readonly last: LastRefresh | undefined
  readonly processes: readonly (TokenCounts & { readonly name: string })[]
  /** Undefined: the provider is real, and nobody counts there. */
  readonly requests: CountedRequests | undefined
}

/** The processes, and what they did. */
export interface ClusterStatus {
  /** The name of the process that answers. */
  readonly self: string
  /** The answering process has no Redis at the moment: what the processes do is not counted. */
  readonly isStoreAway: boolean
  readonly processes: readonly ProcessStatus[]
  readonly credentials: Readonly<Record<ProviderName, SharedCredential>>
}

/** A gateway's place among several that share one store. */
export interface GatewayCluster {
  readonly store: TokenStore
  /** Keeps the credentials in use, and tells the other processes what happens to them. */
  watch(managers: Readonly<Record<ProviderName, TokenManager>>): void
  describe(): Promise<ClusterStatus>
  /** Stops watching. */
  dispose(): void
}
