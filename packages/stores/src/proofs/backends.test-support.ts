import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  findPgbouncer,
  findPostgres,
  findRedis,
  startPgbouncer,
  startPostgres,
  startRedis,
} from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import type { StoreAddress } from './connect-store.test-support.ts'

/** Every store, with every client, and where statements go through a bouncer. */
export const storeNames = [
  'file',
  'Redis with node-redis',
  'Redis with ioredis',
  'Postgres with pg',
  'Postgres with postgres',
  'pg behind PgBouncer',
  'postgres behind PgBouncer',
] as const

export type StoreName = (typeof storeNames)[number]

/** All the servers that stores need, running. */
export interface Backends {
  readonly addresses: Readonly<Record<StoreName, StoreAddress>>
  readonly redis: StartedServer
  readonly database: StartedServer
  readonly stop: () => Promise<void>
}

const isMissing = [findRedis(), findPostgres(), findPgbouncer()].includes(undefined)

/** Starts them; undefined: this machine lacks one. */
export const startBackends: (() => Promise<Backends>) | undefined = isMissing ? undefined : start

async function start(): Promise<Backends> {
  const folder = await mkdtemp(join(tmpdir(), 'evergrant-backends-'))
  const [redis, database] = [await startRedis({ isDurable: true }), await startPostgres()]
  const bouncer = await startPgbouncer(database.port)
  const [direct, bounced] = [`${database.port}`, { at: `${bouncer.port}`, listenAt: `${database.port}` }]
  return {
    addresses: {
      file: { kind: 'file', at: join(folder, 'tokens') },
      'Redis with node-redis': { kind: 'node-redis', at: `${redis.port}`, name: 'noderedis' },
      'Redis with ioredis': { kind: 'ioredis', at: `${redis.port}`, name: 'ioredis' },
      'Postgres with pg': { kind: 'pg', at: direct, name: 'pg' },
      'Postgres with postgres': { kind: 'postgres', at: direct, name: 'postgresjs' },
      'pg behind PgBouncer': { kind: 'pg', ...bounced, name: 'pgbounced' },
      'postgres behind PgBouncer': { kind: 'postgres', ...bounced, name: 'postgresjsbounced' },
    },
    redis,
    database,
    stop: async () => {
      for (const server of [bouncer, redis, database]) await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
