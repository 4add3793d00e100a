import {
  findPgbouncer,
  findPostgres,
  findRedis,
  startPgbouncer,
  startPostgres,
  startRedis,
} from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import type { StoreAddress } from '../connect-store.test-support.ts'

/** The servers that can go down. */
export interface OutageServers {
  readonly redis: StartedServer
  readonly database: StartedServer
  readonly bouncer: StartedServer
}

type OutageServerName = keyof OutageServers

/** Which stores fail with which server. */
export const fallingStores: Readonly<Record<OutageServerName, readonly string[]>> = {
  redis: ['Redis with node-redis', 'Redis with ioredis'],
  database: [
    'Postgres with pg',
    'Postgres with postgres',
    'pg behind PgBouncer',
    'postgres behind PgBouncer',
  ],
  bouncer: ['pg behind PgBouncer', 'postgres behind PgBouncer'],
}

const isMissing = [findRedis(), findPostgres(), findPgbouncer()].includes(undefined)

/** Starts them; undefined: this machine lacks one. */
export const startOutageServers: (() => Promise<OutageServers>) | undefined = isMissing ? undefined : start

async function start(): Promise<OutageServers> {
  const [redis, database] = [await startRedis({ isDurable: true }), await startPostgres()]
  return { redis, database, bouncer: await startPgbouncer(database.port) }
}

/** Where a store is, in records of its own. */
export function outageAddress(servers: OutageServers, store: string, name: string): StoreAddress {
  const { redis, database, bouncer } = servers
  const direct = { at: `${database.port}`, name }
  const bounced = { at: `${bouncer.port}`, listenAt: `${database.port}`, name }
  const addresses: Readonly<Record<string, StoreAddress>> = {
    'Redis with node-redis': { kind: 'node-redis', at: `${redis.port}`, name },
    'Redis with ioredis': { kind: 'ioredis', at: `${redis.port}`, name },
    'Postgres with pg': { kind: 'pg', ...direct },
    'Postgres with postgres': { kind: 'postgres', ...direct },
    'pg behind PgBouncer': { kind: 'pg', ...bounced },
    'postgres behind PgBouncer': { kind: 'postgres', ...bounced },
  }
  const address = addresses[store]
  if (address === undefined) throw new Error(`No store is called ${store}.`)
  return address
}
