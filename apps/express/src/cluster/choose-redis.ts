import { randomBytes } from 'node:crypto'
import { createClient } from 'redis'
import type { SharedRedis } from './messages.ts'
import { startOwnRedis } from './own-redis.ts'

/** The Redis of this run. */
export interface ChosenRedis {
  readonly shared: SharedRedis
  /** Where it is, without a password. */
  readonly place: string
  /** Whose it is, for a person. */
  readonly description: string
  /** Resolves if it ends; absent: it is the user's own, and nobody looks. */
  readonly ended?: Promise<void> | undefined
  /** Ends it, or takes the keys of this run out of the user's own. */
  readonly stop: () => Promise<void>
}

const connectMs = 3000
const neither =
  'There is no Redis: install redis-server or valkey-server, or set REDIS_URL, such as REDIS_URL=redis://127.0.0.1:6379.'

/**
 * Takes the user's own Redis if there is a `url`, and starts one otherwise.
 * @throws {Error} there is none, or it does not answer; the message says what to do
 */
export async function chooseRedis(url: string | undefined): Promise<ChosenRedis> {
  const prefix = `evergrant-demo-${randomBytes(4).toString('hex')}:`
  if (url !== undefined && url !== '') return useRedis(url, prefix)
  const own = await startOwnRedis()
  if (own === undefined) throw new Error(neither)
  return {
    shared: { url: own.url, prefix, temporaryFolder: own.folder },
    place: `127.0.0.1:${own.port}`,
    description: `${own.program} of this machine, process ${own.pid}; ends with the demo`,
    ended: own.ended,
    stop: own.stop,
  }
}

async function useRedis(url: string, prefix: string): Promise<ChosenRedis> {
  const place = placeOf(url)
  const client = createClient({ url, socket: { connectTimeout: connectMs, reconnectStrategy: false } })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    const message = `The Redis of REDIS_URL, ${place}, cannot be used (${reasonOf(error)}): ${advice}`
    throw new Error(message, { cause: error })
  } finally {
    if (client.isOpen) client.destroy()
  }
  return {
    shared: { url, prefix, temporaryFolder: undefined },
    place,
    description: `yours, by REDIS_URL; the keys of this run begin with ${prefix} and go with it`,
    stop: () => removeKeys(url, prefix),
  }
}

const advice = 'start it, correct the address, or unset REDIS_URL to have one started.'

// The URL may hold a password.
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol))
    throw new Error('REDIS_URL must be an address such as redis://127.0.0.1:6379.')
  return parsed.host
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason was given'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: connectMs, reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
      if (keys.length > 0) await client.unlink(keys)
  } finally {
    client.destroy()
  }
}
