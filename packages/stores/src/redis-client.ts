/** What the store needs of node-redis (4 or later): a client, a pool or a cluster. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What the store needs of ioredis (5 or later): a client or a cluster. */
export interface IoredisClient {
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** A client of Redis or Valkey that the caller has made and closes. */
export type RedisClient = NodeRedisClient | IoredisClient

/** What only some clients can do; looked up when it is needed. */
interface Abilities {
  readonly isCluster?: unknown
  readonly options?: { readonly keyPrefix?: unknown } | undefined
  duplicate?(): unknown
  scan?(...parameters: unknown[]): Promise<unknown>
}

/** The client, in one form for both libraries. */
export interface RedisCommands {
  eval(script: string, key: string, values: readonly string[]): Promise<unknown>
  evalSha(sha1: string, key: string, values: readonly string[]): Promise<unknown>
  /** One step of a walk over the keys; absent for clusters, whose keys lie on many servers. */
  readonly scan:
    ((cursor: string, pattern: string) => Promise<readonly [string, readonly string[]]>) | undefined
  /** What the client itself puts before every key. */
  readonly keyPrefix: string
  readonly isNodeRedis: boolean
  /** A second connection, for messages; undefined: the client cannot make one. */
  readonly duplicate: (() => unknown) | undefined
}

/** Tells whether `value` is a client of either library. */
export function isRedisClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false
  const client = value as Partial<Record<'eval' | 'evalSha' | 'evalsha', unknown>>
  return [client.eval, client.evalSha ?? client.evalsha].every(method => typeof method === 'function')
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return 'evalSha' in client
}

/** Puts both libraries' clients into one form. */
export function redisCommands(client: RedisClient): RedisCommands {
  const { isCluster, options } = client as Abilities
  const shared = {
    scan: undefined,
    keyPrefix: typeof options?.keyPrefix === 'string' ? options.keyPrefix : '',
    duplicate: isAble(client, 'duplicate') ? () => client.duplicate() : undefined,
  }
  if (isNodeRedis(client)) {
    return {
      ...shared,
      eval: (script, key, values) => client.eval(script, { keys: [key], arguments: [...values] }),
      evalSha: (sha1, key, values) => client.evalSha(sha1, { keys: [key], arguments: [...values] }),
      ...(isAble(client, 'scan') && {
        scan: async (from, pattern) => {
          const reply = (await client.scan(from, { MATCH: pattern, COUNT: 500 })) as NodeRedisScan
          return [textOf(reply.cursor), reply.keys.map(textOf)]
        },
      }),
      isNodeRedis: true,
    }
  }
  return {
    ...shared,
    eval: (script, key, values) => client.eval(script, 1, key, ...values),
    evalSha: (sha1, key, values) => client.evalsha(sha1, 1, key, ...values),
    ...(isAble(client, 'scan') &&
      isCluster !== true && {
        scan: async (from, pattern) => {
          const reply = (await client.scan(from, 'MATCH', pattern, 'COUNT', 500)) as IoredisScan
          return [textOf(reply[0]), reply[1].map(textOf)]
        },
      }),
    isNodeRedis: false,
  }
}

interface NodeRedisScan {
  readonly cursor: unknown
  readonly keys: readonly unknown[]
}

type IoredisScan = readonly [unknown, readonly unknown[]]

function isAble<Name extends 'duplicate' | 'scan'>(
  client: RedisClient,
  name: Name,
): client is RedisClient & Required<Pick<Abilities, Name>> {
  return typeof (client as Abilities)[name] === 'function'
}

/** The text of a reply; clients can be told to return bytes. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}
