import { isConfigurationError } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { describeTokenStore } from '@evergrant/testing/token-store-suite'
import type { TokenStorePlace } from '@evergrant/testing/token-store-suite'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { PostgresClient } from './postgres-client.ts'
import { migratePostgres, postgresMigration, postgresStore } from './postgres-store.ts'
import type { PostgresStoreOptions } from './postgres-store.ts'
import { findPgbouncer, findPostgres, startPgbouncer, startPostgres } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'

const first = { ifMatch: null, writeId: 'write-1' }
const isMissing = [findPostgres(), findPgbouncer()].includes(undefined)
let server: StartedServer
let bouncer: StartedServer
let tables = 0
const closing: (() => Promise<unknown>)[] = []

const urlOf = (port: number): string => `postgres://evergrant@127.0.0.1:${port}/postgres`

interface Connection {
  readonly client: PostgresClient
  readonly options: PostgresStoreOptions
}

function pgPool(port: number, max: number): Pool {
  const pool = new Pool({ connectionString: urlOf(port), max })
  pool.on('error', () => undefined)
  closing.push(() => pool.end())
  return pool
}

// PgBouncer 1.18 loses answers to statements that are sent before the last one was answered: `max_pipeline` must be 0.
function postgresJs(port: number, max: number, options: { max_pipeline?: number } = {}): postgres.Sql {
  const sql = postgres(urlOf(port), { max, onnotice: () => undefined, ...options })
  closing.push(() => sql.end({ timeout: 1 }))
  return sql
}

const listen = (): Client => new Client({ connectionString: urlOf(server.port) })

const connections: Record<string, () => Connection> = {
  pg: () => ({ client: pgPool(server.port, 5), options: { listen } }),
  'pg with a pool of one connection': () => ({ client: pgPool(server.port, 1), options: {} }),
  'pg behind PgBouncer': () => ({ client: pgPool(bouncer.port, 5), options: { listen } }),
  postgres: () => {
    const sql = postgresJs(server.port, 5)
    return { client: sql, options: { listen: sql } }
  },
  'postgres with a pool of one connection': () => ({ client: postgresJs(server.port, 1), options: {} }),
  'postgres behind PgBouncer': () => ({
    client: postgresJs(bouncer.port, 5, { max_pipeline: 0 }),
    options: {},
  }),
}

describe.skipIf(isMissing)('Postgres', () => {
  beforeAll(async () => {
    server = await startPostgres()
    bouncer = await startPgbouncer(server.port)
  }, 60_000)
  afterAll(async () => {
    await bouncer.stop()
    await server.stop()
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  for (const [name, connect] of Object.entries(connections)) {
    describeTokenStore(`the Postgres store with ${name}`, async (): Promise<TokenStorePlace> => {
      const table = `tokens_${++tables}`
      const another = (): TokenStore => {
        const { client, options } = connect()
        return postgresStore(client, { ...options, table })
      }
      await migratePostgres(connect().client, { table })
      return { store: another(), another }
    })
  }

  test.each(Object.keys(connections))('%s: ten processes may make the table at once', async name => {
    const table = `tokens_${++tables}`
    const clients = Array.from({ length: 10 }, () => connections[name]!().client)
    await Promise.all(clients.map(client => migratePostgres(client, { table })))
    await migratePostgres(clients[0]!, { table })
    expect(await postgresStore(clients[0]!, { table }).write('a', 'one', first)).toMatchObject({ ok: true })
  })

  test('takes a table in a schema, made by the SQL of the migration', async () => {
    const pool = pgPool(server.port, 1)
    await pool.query('create schema app')
    await pool.query(postgresMigration({ table: 'app.tokens' }))
    const store = postgresStore(pool, { table: 'app.tokens' })
    await store.write('a', 'one', first)
    expect((await pool.query('select key, payload from app.tokens')).rows).toEqual([
      { key: 'a', payload: 'one' },
    ])
  })

  test('F9 holds no connection and no transaction between its statements', async () => {
    const [pool, watcher] = [pgPool(server.port, 1), pgPool(server.port, 1)]
    const table = `tokens_${++tables}`
    await migratePostgres(pool, { table })
    const store = postgresStore(pool, { table })
    await store.write('a', 'one', first)
    await store.write('a', 'two', { ifMatch: null, writeId: 'refused' })
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0])
    const { rows } = await watcher.query(
      `select state from pg_stat_activity where query like $1 and pid <> pg_backend_pid()`,
      [`%${table}%`],
    )
    expect(rows).toEqual([{ state: 'idle' }])
    const locks = await watcher.query(`select 1 from pg_locks where locktype = 'advisory'`)
    expect(locks.rows).toEqual([])
  })

  test('C77 lets one of many win also where transactions are serializable by default', async () => {
    const table = `tokens_${++tables}`
    const pool = new Pool({
      connectionString: urlOf(server.port),
      max: 5,
      options: '-c default_transaction_isolation=serializable',
    })
    closing.push(() => pool.end())
    await migratePostgres(pool, { table })
    const store = postgresStore(pool, { table })
    const { etag } = (await store.write('a', 'one', first)) as { etag: string }
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.write('a', 'two', { ifMatch: etag, writeId: `write-${index}x` }),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('removes what nobody needs any more, some at a time', async () => {
    const [table, pool] = [`tokens_${++tables}`, pgPool(server.port, 2)]
    await migratePostgres(pool, { table })
    await pool.query(
      `insert into ${table} select i, 'x', i, i, now(), now() - interval '1 day' from generate_series(1, 50) i`,
    )
    await postgresStore(pool, { table }).write('a', 'one', first)
    const count = async (): Promise<unknown> =>
      (await pool.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count
    await expect.poll(count).toBe('1')
  })

  test('tells a watch of a key that is too long for a message that something was missed', async () => {
    const [table, pool] = [`tokens_${++tables}`, pgPool(server.port, 2)]
    await migratePostgres(pool, { table })
    const store = postgresStore(pool, { table, listen })
    const heard: (string | undefined)[] = []
    using _watch = store.watch?.(key => void heard.push(key))
    await expect.poll(() => heard).toHaveLength(1)
    // More than a message takes, and an index still does, because it is compressed.
    const long = 'k'.repeat(8000)
    expect(await store.write(long, 'one', first)).toMatchObject({ ok: true })
    await expect.poll(() => heard).toEqual([undefined, undefined])
  })

  test('listens again after its connection broke, and says that it may have missed something', async () => {
    const [table, pool] = [`tokens_${++tables}`, pgPool(server.port, 2)]
    await migratePostgres(pool, { table })
    const store = postgresStore(pool, { table, listen })
    const heard: (string | undefined)[] = []
    using _watch = store.watch?.(key => void heard.push(key))
    await expect.poll(() => heard).toHaveLength(1)
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = $1`, [
      `listen "${table}"`,
    ])
    await expect.poll(() => heard.length).toBeGreaterThanOrEqual(3)
    await store.write('a', 'one', first)
    await expect.poll(() => heard).toContain('a')
  })
})

test('refuses to read from a replica', async () => {
  const replica = {
    query: async () => ({ rows: [{ is_replica: 'true', etag: 'e', payload: 'old', age_ms: '1' }] }),
  }
  await expect(postgresStore(replica).read('a')).rejects.toThrow('reads from a replica')
})

test.each([undefined, null, {}, 'postgres://host'])('refuses %j as a client', client => {
  expect(thrownBy(() => postgresStore(client as never))).toBe(true)
})

test.each(['Tokens', 'a b', 'a"b', 'a.b.c', '', '1a', 'a;drop table b', 'k'.repeat(60)])(
  'refuses %j as a table',
  table => {
    expect(thrownBy(() => postgresStore({ query: () => Promise.reject(new Error('no')) }, { table }))).toBe(
      true,
    )
    expect(thrownBy(() => postgresMigration({ table }))).toBe(true)
  },
)

function thrownBy(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    return isConfigurationError(error)
  }
}
