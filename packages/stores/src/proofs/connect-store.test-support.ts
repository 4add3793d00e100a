import type { TokenStore } from '@evergrant/core'
import { Redis } from 'ioredis'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { createClient } from 'redis'
import { fileStore } from '../file-store.ts'
import { migratePostgres, postgresStore } from '../postgres-store.ts'
import { redisStore } from '../redis-store.ts'

/** A store that a process of a test can open by itself: what it is, and where. */
export interface StoreAddress {
  readonly kind: 'file' | 'node-redis' | 'ioredis' | 'pg' | 'postgres'
  /** A folder, or a port of this machine. */
  readonly at: string
  /** The port to listen on, past PgBouncer. Default `at`. */
  readonly listenAt?: string | undefined
  /** Keeps apart what shares a server: a table, or the beginning of keys. Letters alone. */
  readonly name?: string | undefined
}

/** A store and what closes its client. */
export interface ConnectedStore {
  readonly store: TokenStore
  readonly close: () => Promise<unknown>
}

/** Opens a store with a client of its own. */
export async function connectStore({
  kind,
  at,
  listenAt = at,
  name = 'tokens',
}: StoreAddress): Promise<ConnectedStore> {
  const url = (port: string): string => `postgres://evergrant@127.0.0.1:${port}/postgres`
  switch (kind) {
    case 'file':
      return { store: fileStore({ directory: at }), close: () => Promise.resolve() }
    case 'node-redis': {
      const client = createClient({ socket: { host: '127.0.0.1', port: Number(at) } })
      client.on('error', () => undefined)
      await client.connect()
      return { store: redisStore(client, { prefix: `${name}:` }), close: async () => client.destroy() }
    }
    case 'ioredis': {
      const client = new Redis(Number(at), '127.0.0.1')
      client.on('error', () => undefined)
      return { store: redisStore(client, { prefix: `${name}:` }), close: async () => client.disconnect() }
    }
    case 'pg': {
      const pool = new Pool({ connectionString: url(at), max: 2 })
      pool.on('error', () => undefined)
      await migratePostgres(pool, { table: name })
      const listen = (): Client => new Client({ connectionString: url(listenAt) })
      return { store: postgresStore(pool, { listen, table: name }), close: () => pool.end() }
    }
    case 'postgres': {
      // PgBouncer 1.18 loses answers to statements that are sent before the last one was answered, and a bouncer without
      // its database makes postgres.js reject a promise of its own that nobody can handle, while it asks for types.
      const behindBouncer = listenAt === at ? {} : { max_pipeline: 0, fetch_types: false }
      const sql = postgres(url(at), { max: 2, onnotice: () => undefined, ...behindBouncer })
      await migratePostgres(sql, { table: name })
      const listener = postgres(url(listenAt), { max: 1, onnotice: () => undefined })
      const close = async (): Promise<void> => {
        await listener.end({ timeout: 1 })
        await sql.end({ timeout: 1 })
      }
      return { store: postgresStore(sql, { listen: listener, table: name }), close }
    }
  }
}
