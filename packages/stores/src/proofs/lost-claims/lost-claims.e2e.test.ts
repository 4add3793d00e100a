import { startPgbouncer, startPostgres, startRedis } from '@evergrant/testing/servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startBackends, storeNames } from '../backends.test-support.ts'
import type { Backends, StoreName } from '../backends.test-support.ts'
import type { LostClaimBatch } from './lost-claim-batch.test-support.ts'
import {
  disturbNobody,
  failOverWithoutClaims,
  failOverWithoutCommits,
  stopHolder,
  strikeStore,
} from './lost-claim-faults.test-support.ts'
import type { LostClaimProcess } from './lost-claim-process.test-support.ts'
import { moments } from './lost-claim-run.test-support.ts'
import { prove, startProcesses } from './lost-claim-series.test-support.ts'
import type { Scene, Series } from './lost-claim-series.test-support.ts'
import { startRedisReplica } from './redis-replica.test-support.ts'

// EVERGRANT_FLEET=full: a hundred runs of each of the five faults, one fault after the other. Else a handful, at once.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const size = isFull ? 10 : 4
const [patienceMs, setUpMs] = [isFull ? 900_000 : 180_000, 120_000]

/** A stop lasts two holds, so they are short; elsewhere nothing waits for them, and slow machines need slack. */
const short = { timeoutMs: 1500, holdMs: 2000 }
const long = { timeoutMs: 6000, holdMs: 20_000 }

const hourMs = 3_600_000
const wrongClocks = [
  [hourMs, -hourMs, 0],
  [-hourMs, 0, hourMs],
] as const

const redisNames = ['Redis with node-redis', 'Redis with ioredis'] as const satisfies StoreName[]
const postgresNames = [
  'Postgres with pg',
  'Postgres with postgres',
  'pg behind PgBouncer',
  'postgres behind PgBouncer',
] as const satisfies StoreName[]
const inFlight = moments.filter(moment => moment !== 'delayed')

let backends: Backends
/** Nobody stops these. */
let steady: readonly LostClaimProcess[] = []

/** A batch over all stores, whose servers go on undisturbed. */
function everywhere(strike: Scene['strike']): Pick<Series, 'storeNames' | 'open'> {
  return {
    storeNames,
    open: () => Promise.resolve({ address: name => backends.addresses[name], strike }),
  }
}

describe.skipIf(startBackends === undefined)('a claim that is lost', { concurrent: !isFull }, () => {
  beforeAll(async () => {
    backends = await startBackends!()
    steady = await startProcesses()
  }, setUpMs)
  afterAll(async () => {
    for (const process of steady) await process.stop()
    await backends.stop()
  })

  test(
    'F6 a process that was stopped for two holds overwrites nothing and keeps nothing dead',
    () =>
      prove(
        (['timers', 'exchange'] as const).map(first => ({
          fault: `holder stopped, ${first} first` as const,
          moments,
          setUp: () => short,
          ...everywhere(batch => stopHolder(batch, short.holdMs, first)),
        })),
        { rounds: isFull ? 5 : 1, size },
      ),
    patienceMs,
  )

  test(
    'F10 Redis that forgets all between claim and commit gets it back from whoever has it',
    async () => {
      const redis = await startRedis()
      const strikes = { flushed: () => flush(redis.port), 'restarted empty': () => restart(redis) } as const
      try {
        await prove(
          (['flushed', 'restarted empty'] as const).map(how => ({
            fault: `Redis ${how}` as const,
            moments: inFlight,
            storeNames: redisNames,
            setUp: () => long,
            open: () =>
              Promise.resolve({
                address: name => ({ ...backends.addresses[name], at: `${redis.port}` }),
                strike: (batch: LostClaimBatch) => strikeStore(batch, strikes[how]),
              }),
          })),
          { rounds: isFull ? 5 : 1, size, processes: steady },
        )
      } finally {
        await redis.stop()
      }
    },
    patienceMs,
  )

  test.each([
    ['claim', failOverWithoutClaims, inFlight.filter(moment => moment !== 'committing')],
    ['commit', failOverWithoutCommits, ['claimed', 'sent', 'answered']],
  ] as const)(
    'F7 a replica of Redis that has missed the %s brings nothing dead back when it takes over',
    (what, failOver, itsMoments) =>
      prove(
        [
          {
            fault: `failover without the ${what}`,
            moments: itsMoments,
            storeNames: redisNames,
            setUp: () => long,
            open: async () => {
              const redis = await startRedisReplica()
              return {
                address: name => ({ ...backends.addresses[name], at: `${redis.port}` }),
                strike: batch => failOver(batch, redis),
                close: redis.stop,
              }
            },
          },
        ],
        { rounds: isFull ? 5 : 1, size, processes: steady },
      ),
    patienceMs,
  )

  test(
    'F8 Postgres that restarts between claim and commit costs nothing, behind PgBouncer too',
    async () => {
      const database = await startPostgres()
      const bouncer = await startPgbouncer(database.port)
      const addressOf: Scene['address'] = name => {
        const [at, listenAt] = [name.includes('PgBouncer') ? bouncer.port : database.port, database.port]
        return { ...backends.addresses[name], at: `${at}`, listenAt: `${listenAt}` }
      }
      try {
        await prove(
          [
            {
              fault: 'Postgres restarted',
              moments: inFlight,
              storeNames: postgresNames,
              setUp: () => long,
              open: () =>
                Promise.resolve({
                  address: addressOf,
                  strike: batch => strikeStore(batch, () => restart(database)),
                }),
            },
          ],
          { rounds: isFull ? 10 : 1, size, processes: steady },
        )
      } finally {
        await bouncer.stop()
        await database.stop()
      }
    },
    patienceMs,
  )

  test(
    'F42 clocks that are an hour apart change nothing',
    () =>
      prove(
        [
          {
            fault: 'clocks an hour apart',
            moments: inFlight,
            setUp: round => ({ ...long, wallAheadMs: wrongClocks[round % wrongClocks.length] }),
            ...everywhere(disturbNobody),
          },
        ],
        { rounds: isFull ? 5 : 1, size, processes: steady },
      ),
    patienceMs,
  )

  test(
    'F42 clocks that are an hour apart change nothing for whoever is stopped',
    () =>
      prove(
        [
          {
            fault: 'clocks an hour apart, holder stopped',
            moments,
            setUp: round => ({ ...short, wallAheadMs: wrongClocks[round % wrongClocks.length] }),
            ...everywhere(batch => stopHolder(batch, short.holdMs, 'timers')),
          },
        ],
        { rounds: isFull ? 5 : 1, size },
      ),
    patienceMs,
  )
})

async function flush(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1')
  await client.flushall()
  client.disconnect()
}

async function restart(server: { kill: () => Promise<void>; restart: () => Promise<void> }): Promise<void> {
  await server.kill()
  await server.restart()
}
