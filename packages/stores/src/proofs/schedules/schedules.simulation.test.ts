import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { reportTable } from '../proof-report.test-support.ts'
import { ScheduledHolders } from './scheduled-holders.test-support.ts'
import type { Outcome } from './scheduled-holders.test-support.ts'
import { plans } from './scheduled-plan.test-support.ts'
import type { World } from './scheduled-plan.test-support.ts'

const kinds = ['file', 'Redis', 'Postgres'] as const

// EVERGRANT_SCHEDULES=10000: all of them. EVERGRANT_SEED: others than every time.
const schedules = Number(process.env['EVERGRANT_SCHEDULES'] ?? 1500)
const seed = Number(process.env['EVERGRANT_SEED'] ?? 20_260_101)
const numRuns = Math.ceil(schedules / (2 * kinds.length))

const rows: string[][] = []

/** Runs the share of one world; a failure names the seed, the shrunk schedule and what happened in it. */
async function explore(world: World, hasHeld: (outcome: Outcome) => boolean): Promise<void> {
  let [replays, personAskedFor] = [0, 0]
  const property = fc.asyncProperty(fc.scheduler(), plans(world), async (scheduler, plan) => {
    const outcome = await ScheduledHolders.run(scheduler, world, plan)
    replays += outcome.replays
    personAskedFor += outcome.personAskedFor
    const { history, ...counts } = outcome
    expect(hasHeld(outcome), [JSON.stringify(counts), ...history].join('\n')).toBe(true)
  })
  await fc.assert(property, { numRuns, seed })
  rows.push([world.kind, world.habit, numRuns, replays, personAskedFor].map(String))
}

afterAll(() => {
  const headers = ['Store', 'The server', 'Schedules', 'Replays', 'Person asked for']
  reportTable('Schedules of two holders', headers, rows)
})

describe.each(kinds)('two holders of one refresh token on the model of %s', kind => {
  test('F1 F7 lose no live refresh token and replay none, where a replay ends the family', async () => {
    await explore(
      { kind, habit: 'ends the family' },
      ({ loss, replays, personAskedFor }) => loss === undefined && replays + personAskedFor === 0,
    )
  }, 300_000)

  // Whoever is taken over, or has lost its claim in a failover, cannot but replay: still nothing is lost.
  test('F6 F7 lose no live refresh token, however late and forgetful, where a replay is only refused', async () => {
    await explore({ kind, habit: 'refuses' }, ({ loss }) => loss === undefined)
  }, 300_000)
})
