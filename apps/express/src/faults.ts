import type { Emulator, ProviderEmulator } from '@evergrant/emulator'
import type { GatewayProviders } from './gateway-providers.ts'
import type { ProviderName } from './provider-name.ts'

/** What a visitor can do to an emulated provider. */
export type FaultName = 'expire' | 'refuse' | 'revoke-refresh-token' | 'server-error' | 'slow'

const refusedMs = 10_000
const brokenMs = 30_000
const slowMs = 4000

interface Fault {
  /** What was done, in one sentence. */
  readonly message: string
  /** Returns what ends it, unless taking the faults away does. */
  readonly apply: (provider: ProviderEmulator, emulator: Emulator) => (() => void) | void
}

// Each ends the access token, too: otherwise nobody would notice the fault before the token's last minute.
const faults: Readonly<Record<FaultName, Fault>> = {
  expire: {
    message: 'The API no longer accepts the access token.',
    apply: () => {},
  },
  refuse: {
    message: `The API refuses every access token for ${refusedMs / 1000} s.`,
    apply: (provider, emulator) => {
      provider.refuseAllAccessTokens(true)
      return emulator.plan(emulator.now() + refusedMs, () => provider.refuseAllAccessTokens(false))
    },
  },
  'revoke-refresh-token': {
    message: 'The refresh token is revoked, and the API no longer accepts the access token.',
    apply: provider => provider.revokeRefreshTokens(),
  },
  'server-error': {
    message: `The authorization server answers 503 for ${brokenMs / 1000} s, and the access token is gone.`,
    apply: provider =>
      void provider.faults.add({
        kind: 'status',
        status: 503,
        on: 'token',
        times: Infinity,
        forMs: brokenMs,
      }),
  },
  slow: {
    message: `The authorization server takes ${slowMs / 1000} s to answer for a while, and the access token is gone.`,
    apply: provider =>
      void provider.faults.add({ kind: 'delay', ms: slowMs, on: 'token', times: Infinity, forMs: brokenMs }),
  },
}

// IRIS issues none, and that of TrafficStars is the API key itself: revoked, it would not come back.
const withoutRefreshToken: ReadonlySet<ProviderName> = new Set(['iris', 'trafficStars'])

/** Breaks emulated providers. Real ones are out of its reach. */
export class FaultBox {
  readonly #providers: GatewayProviders
  readonly #emulator: Emulator | undefined
  readonly #plans = new Map<ProviderName, () => void>()

  constructor(providers: GatewayProviders, emulator: Emulator | undefined) {
    this.#providers = providers
    this.#emulator = emulator
  }

  /** What can be done to a provider: nothing to a real one. */
  namesFor(name: ProviderName): FaultName[] {
    if (this.#emulator === undefined || !this.#providers[name].isEmulated) return []
    const all = Object.keys(faults) as FaultName[]
    return withoutRefreshToken.has(name) ? all.filter(each => each !== 'revoke-refresh-token') : all
  }

  /** Does it in place of what was done before. Returns a sentence that says so; undefined: it cannot be done. */
  apply(name: ProviderName, fault: string): string | undefined {
    const known = this.namesFor(name).find(each => each === fault)
    if (known === undefined || this.#emulator === undefined) return undefined
    const provider = this.#emulator[name]
    provider.faults.clear()
    this.#plans.get(name)?.()
    this.#plans.delete(name)
    provider.refuseAllAccessTokens(false)
    provider.revokeAccessTokens()
    const cancel = faults[known].apply(provider, this.#emulator)
    if (cancel) this.#plans.set(name, cancel)
    return faults[known].message
  }
}
