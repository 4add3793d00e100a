import type { Explanation, TokenManager } from '@evergrant/core'
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
    message: 'The API takes the access token for expired and no longer accepts it.',
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

/** What a {@link FaultBox} works on. */
export interface FaultBoxOptions {
  readonly providers: GatewayProviders
  readonly managers: Readonly<Record<ProviderName, Pick<TokenManager, 'explain' | 'signIn'>>>
  /** Undefined: nothing can be broken. */
  readonly emulator: Emulator | undefined
}

/** Breaks emulated providers. Real ones are out of its reach. */
export class FaultBox {
  readonly #options: FaultBoxOptions
  readonly #plans = new Map<ProviderName, () => void>()
  readonly #turns = new Map<ProviderName, Promise<unknown>>()
  readonly #broken = new Set<ProviderName>()

  constructor(options: FaultBoxOptions) {
    this.#options = options
  }

  /** What can be done to a provider: nothing to a real one. */
  namesFor(name: ProviderName): FaultName[] {
    const { emulator, providers } = this.#options
    if (emulator === undefined || !providers[name].isEmulated) return []
    const all = Object.keys(faults) as FaultName[]
    return withoutRefreshToken.has(name) ? all.filter(each => each !== 'revoke-refresh-token') : all
  }

  /**
   * Does it in place of what was done before, one after the other for each provider. Resolves to a sentence that says
   * so; undefined: it cannot be done.
   */
  async apply(name: ProviderName, fault: string): Promise<string | undefined> {
    const { emulator } = this.#options
    const known = this.namesFor(name).find(each => each === fault)
    if (known === undefined || emulator === undefined) return undefined
    const before = this.#turns.get(name)
    const turn = (async () => {
      await before?.catch(() => {})
      await this.#break(name, faults[known], emulator)
    })()
    this.#turns.set(name, turn)
    await turn
    return faults[known].message
  }

  async #break(name: ProviderName, fault: Fault, emulator: Emulator): Promise<void> {
    const provider = emulator[name]
    provider.faults.clear()
    this.#plans.get(name)?.()
    this.#plans.delete(name)
    provider.refuseAllAccessTokens(false)
    await this.#startAfresh(name)
    provider.revokeAccessTokens()
    this.#broken.add(name)
    const cancel = fault.apply(provider, emulator)
    if (cancel) this.#plans.set(name, cancel)
  }

  // What the engine remembers of the fault before (refusals, failures) would make it wait longer than this one says.
  async #startAfresh(name: ProviderName): Promise<void> {
    const { managers } = this.#options
    const explanation = managers[name].explain()
    if (!isTroubled(explanation) && !(this.#broken.has(name) && isYoung(explanation))) return
    // Whatever keeps it from signing in is told by the next request, too.
    await managers[name].signIn().catch(() => {})
  }
}

function isTroubled({ accessToken, failure, step }: Explanation): boolean {
  return failure !== undefined || accessToken?.isRejected === true || step.action === 'reauthorize'
}

// The engine counts refusals in a row, and begins anew with a token that served for a tenth of its lifetime.
function isYoung({ accessToken }: Explanation): boolean {
  const { lifetimeMs, remainingMs } = accessToken ?? {}
  if (lifetimeMs === undefined || remainingMs === undefined) return true
  return lifetimeMs - remainingMs < lifetimeMs / 10
}
