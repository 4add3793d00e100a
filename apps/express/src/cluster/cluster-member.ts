import type { EvergrantEvent, TokenManager, TokenStore } from '@evergrant/core'
import { redisStore } from '@evergrant/stores/redis'
import type { ClusterStatus, GatewayCluster, SharedCredential } from '../gateway-cluster.ts'
import { providerNames } from '../provider-name.ts'
import type { ProviderName } from '../provider-name.ts'
import type { World } from './messages.ts'
import { RefreshBoard } from './refresh-board.ts'
import type { Deed, RedisConnection } from './refresh-board.ts'

/** How often a process asks for each of its access tokens, in milliseconds: as an application that is in use. */
const useMs = 1000

/** What a {@link ClusterMember} is made of. */
export interface ClusterMemberOptions {
  readonly name: string
  readonly pid: number
  /** Connected. */
  readonly client: RedisConnection
  /** Begins the names of all keys. */
  readonly prefix: string
  /** Asks the process that started this one. */
  readonly world: () => Promise<World>
}

/** This process among the gateways that share a Redis. */
export class ClusterMember implements GatewayCluster {
  readonly store: TokenStore
  readonly #options: ClusterMemberOptions
  readonly #board: RefreshBoard
  readonly #ends: (() => void)[] = []
  readonly #unwritten: { readonly provider: ProviderName; readonly deed: Deed }[] = []
  #isWriting = false

  constructor(options: ClusterMemberOptions) {
    const { client, prefix } = options
    this.#options = options
    this.store = redisStore(client, { prefix })
    this.#board = new RefreshBoard(client, prefix)
  }

  watch(managers: Readonly<Record<ProviderName, TokenManager>>): void {
    // Why there is no token is told by the events.
    const use = (name: ProviderName): void => void managers[name].getAccessToken().catch(() => {})
    for (const name of providerNames) {
      managers[name].subscribe(event => this.#note(name, event))
      use(name)
    }
    const timer = setInterval(() => providerNames.forEach(use), useMs)
    this.#ends.push(() => clearInterval(timer))
    this.#board.open(this.#options.name, use).catch(() => {})
  }

  async describe(): Promise<ClusterStatus> {
    const { name: self } = this.#options
    const { processes, requests } = await this.#options.world()
    const shared = (provider: ProviderName): SharedCredential => ({
      last: this.#board.lastOf(provider),
      processes: processes.map(({ name }) => ({ name, ...this.#board.countsOf(provider, name) })),
      requests: requests[provider],
    })
    const entries = providerNames.map(provider => [provider, shared(provider)] as const)
    const counts = (name: string) => providerNames.map(provider => this.#board.countsOf(provider, name))
    return {
      self,
      isStoreAway: !this.#options.client.isReady,
      processes: processes.map(each => ({
        ...each,
        obtained: sum(counts(each.name).map(({ obtained }) => obtained)),
        adopted: sum(counts(each.name).map(({ adopted }) => adopted)),
      })),
      credentials: Object.fromEntries(entries) as Record<ProviderName, SharedCredential>,
    }
  }

  dispose(): void {
    for (const end of this.#ends.splice(0)) end()
    this.#board.close()
  }

  #note(provider: ProviderName, event: EvergrantEvent): void {
    const deed = deedOf(event)
    if (deed === undefined) return
    this.#unwritten.push({ provider, deed })
    void this.#write()
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    try {
      for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
        await this.#board.note(this.#options, next.provider, next.deed)
        this.#unwritten.shift()
      }
    } catch {
      // Redis is away: it is written with the next one.
    } finally {
      this.#isWriting = false
    }
  }
}

function deedOf(event: EvergrantEvent): Deed | undefined {
  if (event.type === 'token-obtained') return { kind: 'obtained', at: event.at, rung: event.rung }
  return event.type === 'token-adopted' ? { kind: 'adopted' } : undefined
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
