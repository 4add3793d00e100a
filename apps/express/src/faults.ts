import type { Explanation, TokenManager } from '@evergrant/core'
import { faultTimes } from './emulator-faults.ts'
import type { FaultName, ProviderFaults } from './emulator-faults.ts'
import type { GatewayProviders } from './gateway-providers.ts'
import type { ProviderName } from './provider-name.ts'

const { refusedMs, brokenMs, slowMs } = faultTimes

/** What was done, in one sentence. */
const sentences: Readonly<Record<FaultName, string>> = {
  expire: 'The API takes the access token for expired and no longer accepts it.',
  refuse: `The API refuses every access token for ${refusedMs / 1000} s.`,
  'revoke-refresh-token': 'The refresh token is revoked, and the API no longer accepts the access token.',
  'server-error': `The authorization server answers 503 for ${brokenMs / 1000} s, and the access token is gone.`,
  slow: `The authorization server takes ${slowMs / 1000} s to answer for a while, and the access token is gone.`,
}

// IRIS issues none, and that of TrafficStars is the API key itself: revoked, it would not come back.
const withoutRefreshToken: ReadonlySet<ProviderName> = new Set(['iris', 'trafficStars'])

/** What a {@link FaultBox} works on. */
export interface FaultBoxOptions {
  readonly providers: GatewayProviders
  readonly managers: Readonly<Record<ProviderName, Pick<TokenManager, 'explain' | 'signIn'>>>
  /** Undefined: nothing can be broken. */
  readonly faults: ProviderFaults | undefined
}

/** Breaks emulated providers. Real ones are out of its reach. */
export class FaultBox {
  readonly #options: FaultBoxOptions
  readonly #turns = new Map<ProviderName, Promise<unknown>>()

  constructor(options: FaultBoxOptions) {
    this.#options = options
  }

  /** What can be done to a provider: nothing to a real one. */
  namesFor(name: ProviderName): FaultName[] {
    const { faults, providers } = this.#options
    if (faults === undefined || !providers[name].isEmulated) return []
    const all = Object.keys(sentences) as FaultName[]
    return withoutRefreshToken.has(name) ? all.filter(each => each !== 'revoke-refresh-token') : all
  }

  /**
   * Does it in place of what was done before, one after the other for each provider. Resolves to a sentence that says
   * so; undefined: it cannot be done.
   */
  async apply(name: ProviderName, fault: string): Promise<string | undefined> {
    const { faults } = this.#options
    const known = this.namesFor(name).find(each => each === fault)
    if (known === undefined || faults === undefined) return undefined
    const before = this.#turns.get(name)
    const turn = (async () => {
      await before?.catch(() => {})
      const wasBroken = await faults.mend(name)
      await this.#startAfresh(name, wasBroken)
      await faults.break(name, known)
    })()
    this.#turns.set(name, turn)
    await turn
    return sentences[known]
  }

  // What the engine remembers of the fault before (refusals, failures) would make it wait longer than this one says.
  async #startAfresh(name: ProviderName, wasBroken: boolean): Promise<void> {
    const { managers } = this.#options
    const explanation = managers[name].explain()
    if (!isTroubled(explanation) && !(wasBroken && isYoung(explanation))) return
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
