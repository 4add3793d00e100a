import { isConfigurationError } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { describeTokenStore } from '@evergrant/testing/token-store-suite'
import type { TokenStorePlace } from '@evergrant/testing/token-store-suite'
import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RedisClient } from './redis-client.ts'
import { startRedisCluster } from './redis-cluster.test-support.ts'
import type { RedisCluster } from './redis-cluster.test-support.ts'
import { redisStore } from './redis-store.ts'
import { findRedis, startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'

const first = { ifMatch: null, writeId: 'write-1' }
let server: StartedServer
let places = 0
const closing: (() => unknown)[] = []

interface Connected {
  readonly client: RedisClient
  readonly close: () => unknown
}

const libraries: Record<string, () => Promise<Connected>> = {
  'node-redis': async () => {
    const client = createClient({ socket: { host: '127.0.0.1', port: server.port } })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis with RESP 2': async () => {
    const client = createClient({ RESP: 2, socket: { host: '127.0.0.1', port: server.port } })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'a pool of node-redis': async () => {
    const client = createClientPool({ socket: { host: '127.0.0.1', port: server.port } })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  ioredis: async () => {
    const client = new Redis(server.port, '127.0.0.1')
    return { client, close: () => client.disconnect() }
  },
  'ioredis with a key prefix': async () => {
    const client = new Redis(server.port, '127.0.0.1', { keyPrefix: 'app[1]:' })
    return { client, close: () => client.disconnect() }
  },
}

async function connect(name = 'ioredis'): Promise<RedisClient> {
  const { client, close } = await (libraries[name] as () => Promise<Connected>)()
  closing.push(close)
  return client
}

describe.skipIf(findRedis() === undefined)('Redis', () => {
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.stop())
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  for (const name of Object.keys(libraries)) {
    describeTokenStore(`the Redis store with ${name}`, async (): Promise<TokenStorePlace> => {
      const prefix = `place-${++places}*:`
      const another = async (): Promise<TokenStore> => redisStore(await connect(name), { prefix })
      return { store: await another(), another }
    })
  }

  describe.each(Object.keys(libraries))('through %s', name => {
    test('keeps one key for each credential, with one hash tag, and a time to live only where one is known', async () => {
      const prefix = `place-${++places}:`
      const store = redisStore(await connect(name), { prefix })
      await store.write('user{1}', 'one', { ...first, keepMs: 60_000 })
      await store.write('b', 'one', first)
      const plain = (await connect()) as Redis
      const found = (await plain.keys(`*${prefix}*`)).map(key => key.replace('app[1]:', '')).sort()
      expect(found).toEqual([`${prefix}{b}`, `${prefix}{user%7B1%7D}`])
      const start = name.includes('prefix') ? 'app[1]:' : ''
      expect(await plain.pttl(`${start}${prefix}{user%7B1%7D}`)).toBeGreaterThan(50_000)
      expect(await plain.pttl(`${start}${prefix}{b}`)).toBe(-1)
    })

    test('loads its script again when the server has forgotten it', async () => {
      const store = redisStore(await connect(name), { prefix: `place-${++places}:` })
      await store.write('a', 'one', first)
      await ((await connect()) as Redis).script('FLUSH')
      expect(await store.read('a')).toMatchObject({ payload: 'one' })
      expect(await store.write('b', 'one', first)).toMatchObject({ ok: true })
    })
  })

  test('sends the scripts once, and their hashes from then on', async () => {
    const sent: string[] = []
    const monitor = await ((await connect()) as Redis).monitor()
    closing.push(() => monitor.disconnect())
    monitor.on('monitor', (_time: string, command: string[]) => sent.push(command[0]?.toLowerCase() ?? ''))
    await ((await connect()) as Redis).script('FLUSH')
    const store = redisStore(await connect(), { prefix: `place-${++places}:` })
    for (let count = 0; count < 5; count++) await store.read('a')
    await new Promise(resolve => void setTimeout(resolve, 50))
    expect(sent.filter(command => command.startsWith('eval'))).toEqual([
      'evalsha',
      'eval',
      ...Array.from({ length: 4 }, () => 'evalsha'),
    ])
  })

  test('hears again after its connection broke, and says that it may have missed something', async () => {
    const prefix = `place-${++places}:`
    const [store, writer] = [
      redisStore(await connect(), { prefix }),
      redisStore(await connect('node-redis'), { prefix }),
    ]
    const heard: (string | undefined)[] = []
    using _watch = store.watch?.(key => void heard.push(key))
    await expect.poll(() => heard).toContain(undefined)
    heard.length = 0
    await ((await connect()) as Redis).call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await expect.poll(() => heard).toContain(undefined)
    for (let count = 0; !heard.includes('a') && count < 50; count++) {
      await writer.write('a', 'one', {
        ifMatch: (await writer.read('a'))?.etag ?? null,
        writeId: `write-${count}`,
      })
      await new Promise(resolve => void setTimeout(resolve, 20))
    }
    expect(heard).toContain('a')
  })
})

describe.skipIf(findRedis() === undefined)('a Redis cluster of two masters', () => {
  let cluster: RedisCluster
  beforeAll(async () => void (cluster = await startRedisCluster()), 60_000)
  afterAll(() => cluster.stop())
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  const connections = {
    'ioredis, which may read from replicas': async () => {
      const client = new Cluster(
        cluster.ports.map(port => ({ host: '127.0.0.1', port })),
        { scaleReads: 'slave' },
      )
      closing.push(() => client.disconnect())
      return client
    },
    'node-redis, which may read from replicas': async () => {
      const rootNodes = cluster.ports.map(port => ({ socket: { host: '127.0.0.1', port } }))
      const client = createCluster({ rootNodes, useReplicas: true })
      client.on('error', () => undefined)
      await client.connect()
      closing.push(() => client.destroy())
      return client
    },
  }

  for (const [name, connectCluster] of Object.entries(connections)) {
    describeTokenStore(`the Redis store with a cluster of ${name}`, async (): Promise<TokenStorePlace> => {
      const prefix = `place-${++places}:`
      const another = async (): Promise<TokenStore> => redisStore(await connectCluster(), { prefix })
      return { store: await another(), another }
    })
  }

  test('has keys on both masters', async () => {
    const store = redisStore(await connections['ioredis, which may read from replicas'](), {
      prefix: 'spread:',
    })
    for (let count = 0; count < 30; count++) await store.write(`key-${count}`, 'x', first)
    for (const port of cluster.ports) {
      const client = new Redis(port, '127.0.0.1')
      closing.push(() => client.disconnect())
      expect((await client.keys('spread:*')).length).toBeGreaterThan(3)
    }
  })
})

test.each([undefined, null, {}, 'redis://host', new Map()])('refuses %j as a client', client => {
  let thrown: unknown
  try {
    redisStore(client as never)
  } catch (error) {
    thrown = error
  }
  expect(isConfigurationError(thrown)).toBe(true)
})
