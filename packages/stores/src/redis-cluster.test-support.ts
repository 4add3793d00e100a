import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import { Redis } from 'ioredis'

const slots = 16_384

/** Two masters that share the keys. */
export interface RedisCluster {
  readonly ports: readonly number[]
  readonly stop: () => Promise<void>
}

/** Starts a Redis Cluster of two masters. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers = [await startRedis({ isClustered: true }), await startRedis({ isClustered: true })]
  const clients = servers.map(({ port }) => new Redis(port, '127.0.0.1'))
  try {
    const half = slots / 2
    await Promise.all(
      clients.map((client, index) =>
        client.call('CLUSTER', 'ADDSLOTSRANGE', index * half, (index + 1) * half - 1),
      ),
    )
    await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', String(servers[1]?.port))
    for (let tries = 0; !(await areJoined(clients)); tries++) {
      if (tries > 300) throw new Error('The Redis cluster did not come together.')
      await wait(50)
    }
  } finally {
    for (const client of clients) client.disconnect()
  }
  return { ports: servers.map(({ port }) => port), stop: () => stopAll(servers) }
}

async function areJoined(clients: readonly Redis[]): Promise<boolean> {
  const states = await Promise.all(clients.map(client => client.call('CLUSTER', 'INFO')))
  return states.every(state => /cluster_state:ok/.test(String(state)) && /cluster_size:2/.test(String(state)))
}

async function stopAll(servers: readonly StartedServer[]): Promise<void> {
  for (const server of servers) await server.stop()
}
