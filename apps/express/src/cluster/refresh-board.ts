import type { RedisClientType } from 'redis'
import type { LastRefresh, TokenCounts } from '../gateway-cluster.ts'
import type { ProviderName } from '../provider-name.ts'

/** A client of node-redis. */
export type RedisConnection = RedisClientType

/** What a process did: it obtained an access token itself, or took over another's. */
export type Deed =
  { readonly kind: 'obtained'; readonly at: number; readonly rung: string } | { readonly kind: 'adopted' }

/**
 * Who refreshed what, in Redis beside the tokens: each process writes what it did and reads what all did. It is the
 * demo's own. The engine needs none of it.
 */
export class RefreshBoard {
  readonly #client: RedisConnection
  readonly #listener: RedisConnection
  readonly #names: { readonly last: string; readonly counts: string; readonly news: string }
  #last: Readonly<Record<string, string>> = {}
  #counts: Readonly<Record<string, string>> = {}
  #reading: Promise<void> | undefined
  #isOutdated = false

  /** `prefix` begins the names of its keys. */
  constructor(client: RedisConnection, prefix: string) {
    this.#client = client
    this.#listener = client.duplicate()
    this.#names = { last: `${prefix}demo:last`, counts: `${prefix}demo:counts`, news: `${prefix}demo:news` }
  }

  /** Begins to listen. `onNews` is called after another process has obtained an access token. */
  async open(self: string, onNews: (provider: ProviderName) => void): Promise<void> {
    // The other connection tells of an outage.
    this.#listener.on('error', () => {})
    this.#listener.on('ready', () => void this.#read().catch(() => {}))
    await this.#listener.connect()
    await this.#listener.subscribe(this.#names.news, message => {
      const [process, kind, provider] = message.split(' ')
      const told = this.#read().catch(() => {})
      if (process !== self && kind === 'obtained') void told.then(() => onNews(provider as ProviderName))
    })
    await this.#read()
  }

  /**
   * Writes down what this process did.
   * @throws {Error} Redis is away
   */
  async note(self: { name: string; pid: number }, provider: ProviderName, deed: Deed): Promise<void> {
    const work = this.#client.multi()
    work.hIncrBy(this.#names.counts, `${provider} ${self.name} ${deed.kind}`, 1)
    if (deed.kind === 'obtained') {
      const last: LastRefresh = { process: self.name, pid: self.pid, at: deed.at, rung: deed.rung }
      work.hSet(this.#names.last, provider, JSON.stringify(last))
    }
    work.publish(this.#names.news, `${self.name} ${deed.kind} ${provider}`)
    await work.exec()
    await this.#read()
  }

  lastOf(provider: ProviderName): LastRefresh | undefined {
    const text = this.#last[provider]
    return text === undefined ? undefined : (JSON.parse(text) as LastRefresh)
  }

  countsOf(provider: ProviderName, process: string): TokenCounts {
    const count = (kind: Deed['kind']): number => Number(this.#counts[`${provider} ${process} ${kind}`] ?? 0)
    return { obtained: count('obtained'), adopted: count('adopted') }
  }

  close(): void {
    if (this.#listener.isOpen) this.#listener.destroy()
  }

  // One at a time, and once more if something happened meanwhile: an older answer never replaces a newer one.
  #read(): Promise<void> {
    this.#isOutdated = true
    this.#reading ??= this.#readUntilUpToDate().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readUntilUpToDate(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false
      const { last, counts } = this.#names
      const [lastRefreshes, all] = await Promise.all([
        this.#client.hGetAll(last),
        this.#client.hGetAll(counts),
      ])
      this.#last = lastRefreshes
      this.#counts = all
    }
  }
}
