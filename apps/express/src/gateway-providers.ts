import type { Authorization } from '@evergrant/core'
import type { ProviderName } from './provider-name.ts'
import type { Settings } from './settings-advice.ts'

/** Who the gateway is to a provider, and whether that provider is the emulator. */
export interface Connection<A = Authorization> {
  readonly authorization: A
  readonly isEmulated: boolean
  /** What configures it; undefined: nothing does, it is emulated. */
  readonly settings: Settings | undefined
}

/** Customers who sign in, and, with the emulator, some who exist. */
export interface CustomerConnection extends Connection<Authorization<never>> {
  /** The base URL of the API; undefined: it is not set. */
  readonly apiUrl: string | undefined
  /** Fake credentials to try; empty with the real API. */
  readonly examples: readonly { readonly username: string; readonly password: string }[]
}

/** All that the gateway connects to. */
export interface GatewayProviders extends Readonly<Record<ProviderName, Connection>> {
  readonly customers: CustomerConnection
}
