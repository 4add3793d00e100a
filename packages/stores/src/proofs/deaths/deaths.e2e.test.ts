import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackends, storeNames } from '../backends.test-support.ts'
import type { Backends, StoreName } from '../backends.test-support.ts'
import { planDeaths } from './death-points.test-support.ts'
import { reportDeaths, runDeaths } from './death-runs.test-support.ts'
import type { DeathResult } from './death-runs.test-support.ts'
import { expectedOf, seenOf } from './death-verdict.test-support.ts'

// EVERGRANT_FLEET=full: the size of the nightly run. Else each moment once on the stores that differ most.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const few = ['file', 'Redis with node-redis', 'Postgres with pg'] as const satisfies StoreName[]
const stores: readonly StoreName[] = isFull ? storeNames : few
const { runsPerPoint, lanes } = isFull ? { runsPerPoint: 25, lanes: 6 } : { runsPerPoint: 1, lanes: 4 }

let backends: Backends
const all: DeathResult[] = []

describe.skipIf(startBackends === undefined)(
  'F5 a process that is killed in the middle of an exchange',
  () => {
    beforeAll(async () => void (backends = await startBackends!()), 120_000)
    afterAll(async () => {
      reportDeaths('SIGKILL', all)
      await backends.stop()
    })

    test.each(stores.map((store, index) => [store, index] as const))(
      '%s: no record is damaged, nothing is lost but what nobody else could know, and the next one goes on in time',
      async (store, index) => {
        // With few runs, the turns begin so that a file's write is torn.
        const plan = planDeaths(runsPerPoint, 'SIGKILL', index + 3)
        const { results, unlisted } = await runDeaths(store, backends.addresses[store], plan, lanes)
        all.push(...results)
        for (const { run, outcome, fate } of results) {
          const about = `${JSON.stringify(run)} after ${outcome.recoveryMs} ms`
          expect.soft(seenOf(run, outcome), about).toEqual(expectedOf(run, fate, store))
        }
        expect([results.length, unlisted]).toEqual([plan.length, 0])
      },
      isFull ? 600_000 : 60_000,
    )
  },
)
