import { createServer } from 'node:http'
import { createEmulator } from '@evergrant/emulator'
import { closeGracefully } from '@evergrant/express'
import { createClient } from 'redis'
import { chooseProviders } from '../choose-providers.ts'
import type { Environment } from '../choose-providers.ts'
import { createGateway } from '../gateway.ts'
import { listen } from '../listen.ts'
import { ClusterMember } from './cluster-member.ts'
import type { GatewayOrders } from './messages.ts'
import type { ParentLine } from './parent-line.ts'
import type { RedisConnection } from './refresh-board.ts'

/** One gateway of several while it runs. */
export interface RunningMember {
  readonly url: string
  readonly stop: () => Promise<void>
  /** Ends the Redis. */
  readonly endRedis: () => Promise<unknown>
}

// Whoever presses Ctrl+C does not want to wait for a slow API.
const graceMs = 300

/**
 * Starts a gateway that shares its tokens and sessions with others in a Redis. `say` is told of what goes wrong.
 * @throws {Error} the port or the Redis cannot be used, or the environment is incomplete
 */
export async function runMember(
  { name, port, portAdvice, emulatorUrl, redis }: GatewayOrders,
  line: ParentLine,
  env: Environment,
  say: (sentence: string) => void,
): Promise<RunningMember> {
  const client = await connect(redis.url, say)
  const world = () => line.world()
  const cluster = new ClusterMember({ name, pid: process.pid, client, prefix: redis.prefix, world })
  // Only its addresses and credentials are asked for: the one that answers is elsewhere.
  const emulated = emulatorUrl === undefined ? undefined : { url: emulatorUrl, emulator: createEmulator() }
  const gateway = createGateway({
    providers: chooseProviders(env, emulated),
    faults: emulated && line,
    cluster,
    onError: error => say(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  const server = createServer(gateway.app)
  const url = await listen(server, port, portAdvice)
  return {
    url,
    stop: async () => {
      await closeGracefully(server, { disposables: [{ dispose: gateway.close }], graceMs })
      if (client.isOpen) client.destroy()
    },
    endRedis: () => client.sendCommand(['SHUTDOWN', 'NOSAVE']),
  }
}

/** Connects, and says so once when the connection is lost, and when it is back. */
async function connect(url: string, say: (sentence: string) => void): Promise<RedisConnection> {
  // Without the queue a command fails at once while Redis is away: callers get the token that is still valid.
  const client = createClient({ url, disableOfflineQueue: true })
  let isAway = false
  client.on('error', (error: Error) => {
    if (!isAway) say(`Redis is away (${error.message}). Valid tokens are used on.`)
    isAway = true
  })
  client.on('ready', () => {
    if (isAway) say('Redis is back.')
    isAway = false
  })
  await client.connect()
  return client
}
