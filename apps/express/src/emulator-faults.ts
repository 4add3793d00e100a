import type { Emulator, ProviderEmulator } from '@evergrant/emulator'
import type { ProviderName } from './provider-name.ts'

/** What a visitor can do to an emulated provider. */
export type FaultName = 'expire' | 'refuse' | 'revoke-refresh-token' | 'server-error' | 'slow'

/** How long the faults last, in milliseconds. */
export const faultTimes = { refusedMs: 10_000, brokenMs: 30_000, slowMs: 4000 } as const

/** The providers' side of the faults: whoever holds the emulator. */
export interface ProviderFaults {
  /** Takes the faults away. Resolves to whether the provider was ever broken. */
  mend(name: ProviderName): Promise<boolean>
  /** Breaks the provider, in place of what was done to it before. */
  break(name: ProviderName, fault: FaultName): Promise<void>
}

const { refusedMs, brokenMs, slowMs } = faultTimes
const whileBroken = { on: 'token', times: Infinity, forMs: brokenMs } as const

/** Returns what ends it, unless taking the faults away does. */
type Fault = (provider: ProviderEmulator, emulator: Emulator) => (() => void) | void

const faults: Readonly<Record<FaultName, Fault>> = {
  expire: () => {},
  refuse: (provider, emulator) => {
    provider.refuseAllAccessTokens(true)
    return emulator.plan(emulator.now() + refusedMs, () => provider.refuseAllAccessTokens(false))
  },
  'revoke-refresh-token': provider => provider.revokeRefreshTokens(),
  'server-error': provider => void provider.faults.add({ kind: 'status', status: 503, ...whileBroken }),
  slow: provider => void provider.faults.add({ kind: 'delay', ms: slowMs, ...whileBroken }),
}

/** Breaks the providers of an emulator in this process. */
export class EmulatorFaults implements ProviderFaults {
  readonly #emulator: Emulator
  readonly #plans = new Map<ProviderName, () => void>()
  readonly #broken = new Set<ProviderName>()

  constructor(emulator: Emulator) {
    this.#emulator = emulator
  }

  async mend(name: ProviderName): Promise<boolean> {
    const provider = this.#emulator[name]
    provider.faults.clear()
    this.#plans.get(name)?.()
    this.#plans.delete(name)
    provider.refuseAllAccessTokens(false)
    return this.#broken.has(name)
  }

  async break(name: ProviderName, fault: FaultName): Promise<void> {
    await this.mend(name)
    const provider = this.#emulator[name]
    // Each ends the access token, too: otherwise nobody would notice the fault before the token's last minute.
    provider.revokeAccessTokens()
    this.#broken.add(name)
    const cancel = faults[fault](provider, this.#emulator)
    if (cancel) this.#plans.set(name, cancel)
  }
}
