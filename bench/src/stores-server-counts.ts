import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { createClient } from 'redis'
import type { StoreAddress } from '../../packages/stores/src/proofs/connect-store.test-support.ts'
import type { StoresProcess } from './stores-crew.ts'
import { measureExpiries, withCrew } from './stores-times.ts'

/** The operations of some refreshes by one process, looks after hints included, per refresh. */
export interface ServerCount {
  readonly aroundTheStore: number
  readonly byTheServer: number
}

/** Lets a server itself count; undefined: it does not, or not at once. */
export async function countOnServer(
  process: StoresProcess,
  address: StoreAddress,
  expiries: number,
): Promise<ServerCount | undefined> {
  // A bouncer keeps its connections, and Postgres hears from an idle one after seconds only.
  if (address.kind === 'file' || address.listenAt !== undefined) return undefined
  const count = async (times: number): Promise<ServerCount> => {
    const name = `${address.name}counts${times === 0 ? 'no' : 'some'}`
    const isRedis = address.kind !== 'pg' && address.kind !== 'postgres'
    const before = isRedis ? await redisScripts(address.at) : 0
    const task = {
      kind: 'evergrant',
      address: { ...address, name },
      timeoutMs: 20_000,
      holdMs: 25_000,
    } as const
    const { allOperations } = await withCrew([process], task, crew => measureExpiries(crew, times))
    return {
      aroundTheStore: allOperations,
      byTheServer: isRedis
        ? (await redisScripts(address.at)) - before
        : await postgresScans(address.at, name),
    }
  }
  // What the start, the sign-in and the warm-up cost is in both.
  const base = await count(0)
  const all = await count(expiries)
  return {
    aroundTheStore: (all.aroundTheStore - base.aroundTheStore) / expiries,
    byTheServer: (all.byTheServer - base.byTheServer) / expiries,
  }
}

async function redisScripts(port: string): Promise<number> {
  const client = createClient({ socket: { host: '127.0.0.1', port: Number(port) } })
  await client.connect()
  const statistics = await client.info('commandstats')
  client.destroy()
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(statistics)?.[1] ?? 0)
}

async function postgresScans(port: string, table: string): Promise<number> {
  // The connections of the process have just ended, and tell what they did.
  await pause(500)
  const client = new Client({ connectionString: `postgres://evergrant@127.0.0.1:${port}/postgres` })
  await client.connect()
  const { rows } = await client.query<{ scans: string }>(
    'select seq_scan + coalesce(idx_scan, 0) as scans from pg_stat_user_tables where relname = $1',
    [table],
  )
  await client.end()
  return Number(rows[0]?.scans ?? Number.NaN)
}
