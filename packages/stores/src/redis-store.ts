import { ConfigurationError, StoreError } from '@evergrant/core'
import type { Stored, TokenStore, WriteOptions, WriteResult } from '@evergrant/core'
import { keepTime } from './keep-time.ts'
import { isRedisClient, redisCommands, textOf } from './redis-client.ts'
import type { RedisClient, RedisCommands } from './redis-client.ts'
import { readScript, removeScript, writeScript } from './redis-script.ts'
import { RedisWatch } from './redis-watch.ts'

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** Begins every key and names the channel. Two applications that must not share tokens need two. Default `evergrant:`. */
  readonly prefix?: string | undefined
}

class RedisStore implements TokenStore {
  readonly #commands: RedisCommands
  readonly #prefix: string
  readonly #hashes = new Map<string, Promise<string>>()
  readonly #watch: RedisWatch
  /** Absent where the client cannot make a second connection. */
  readonly watch?: NonNullable<TokenStore['watch']>
  /** Absent on clusters. */
  readonly keys?: NonNullable<TokenStore['keys']>

  constructor(commands: RedisCommands, prefix: string) {
    this.#commands = commands
    this.#prefix = prefix
    this.#watch = new RedisWatch(commands, this.#channel)
    if (commands.duplicate !== undefined) this.watch = listener => this.#watch.add(listener)
    if (commands.scan !== undefined) this.keys = () => this.#keys()
  }

  async read(key: string): Promise<Stored | undefined> {
    const reply = await this.#run(readScript, key, [])
    return Array.isArray(reply) ? storedOf(reply) : undefined
  }

  async write(key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const { ifMatch, writeId, keepMs, notify = true } = options
    const reply = await this.#run(writeScript, key, [
      payload,
      ifMatch ?? '',
      ifMatch === null ? '0' : '1',
      writeId,
      crypto.randomUUID(),
      String(keepTime(keepMs) ?? ''),
      notify ? this.#channel : '',
      key,
    ])
    if (!Array.isArray(reply)) throw new StoreError('Redis answered a write with something unknown.')
    const [outcome, ...rest] = reply as unknown[]
    if (textOf(outcome) === 'ok') return { ok: true, etag: textOf(rest[0]) }
    return { ok: false, current: rest.length > 0 ? storedOf(rest) : undefined }
  }

  async remove(key: string, { ifMatch }: { readonly ifMatch: string }): Promise<boolean> {
    return Number(await this.#run(removeScript, key, [ifMatch])) === 1
  }

  async *#keys(): AsyncIterable<string> {
    const start = `${this.#commands.keyPrefix}${this.#prefix}{`
    const pattern = `${start.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)}*}`
    const seen = new Set<string>()
    let cursor = '0'
    do {
      const [next, names] = (await this.#commands.scan?.(cursor, pattern)) ?? ['0', []]
      for (const name of names) {
        // A walk may come by the same key twice.
        if (seen.has(name)) continue
        seen.add(name)
        yield decodeURIComponent(name.slice(start.length, -1))
      }
      cursor = next
    } while (cursor !== '0')
  }

  get #channel(): string {
    return `${this.#prefix}changed`
  }

  // The braces are the hash tag of Redis Cluster; in a key they are escaped, so that every key has one tag of its own.
  #nameOf(key: string): string {
    return `${this.#prefix}{${key.replaceAll(/[%{}]/g, encodeURIComponent)}}`
  }

  async #run(script: string, key: string, values: readonly string[]): Promise<unknown> {
    const name = this.#nameOf(key)
    try {
      return await this.#commands.evalSha(await this.#hashOf(script), name, values)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      // A new server, or one that restarted: it keeps the script from now on.
      return this.#commands.eval(script, name, values)
    }
  }

  #hashOf(script: string): Promise<string> {
    let hash = this.#hashes.get(script)
    if (hash === undefined) this.#hashes.set(script, (hash = sha1(script)))
    return hash
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}

function storedOf([etag, ageMs, payload]: readonly unknown[]): Stored {
  return { etag: textOf(etag), ageMs: Number(textOf(ageMs)), payload: textOf(payload) }
}

/**
 * Keeps records in Redis or Valkey, through your client of node-redis or ioredis, a cluster's too. Any number of
 * processes may share them: a script compares and sets on the master. The client stays yours to connect and to close.
 * A failover to a replica that lags can lose an acknowledged write; the process that wrote it writes it again.
 * @throws {ConfigurationError} `client` is of neither library, or `prefix` cannot work
 * @see docs/stores/redis.md
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): TokenStore {
  const { prefix = 'evergrant:' } = options ?? {}
  const problems: string[] = []
  if (!isRedisClient(client)) {
    problems.push('client must be a client of node-redis (createClient) or ioredis (new Redis).')
  }
  if (typeof prefix !== 'string' || /[{}]/.test(prefix))
    problems.push('prefix must be a text without { and }.')
  if (problems.length > 0) throw new ConfigurationError('redisStore cannot work', problems)
  return new RedisStore(redisCommands(client), prefix)
}
