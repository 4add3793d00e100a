import * as fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import type { Lineage } from '../../../../core/src/commit.ts'
import { reportTable } from '../proof-report.test-support.ts'
import { ScheduledHolders } from './scheduled-holders.test-support.ts'
import { plans } from './scheduled-plan.test-support.ts'

// The engine, but for one rule: whatever was written since this process wrote its claim is newer, and wins.
vi.mock(import('../../../../core/src/commit.ts'), async original => {
  const commit = await original()
  const claims = new WeakMap<Lineage, string | undefined>()
  const newerVersionWins: typeof commit.judgeConflict = (current, lineage) => {
    const claimId = current?.claim?.id
    if (!claims.has(lineage)) claims.set(lineage, claimId)
    const isNewer = current !== undefined && claimId !== claims.get(lineage)
    return isNewer ? 'adopt' : commit.judgeConflict(current, lineage)
  }
  return { ...commit, judgeConflict: newerVersionWins }
})

const seed = 20_260_101
/** Many times as many as it takes. */
const numRuns = 1000
const rows: string[][] = []

test.each(['file', 'Redis', 'Postgres'] as const)(
  'C77 the rule "a newer version wins" is caught losing a live refresh token on the model of %s',
  async kind => {
    const world = { kind, habit: 'refuses' } as const
    const losses: string[] = []
    const property = fc.asyncProperty(fc.scheduler(), plans(world), async (scheduler, plan) => {
      const { loss } = await ScheduledHolders.run(scheduler, world, plan)
      if (loss !== undefined) losses.push(loss)
      expect(loss).toBeUndefined()
    })
    const found = await fc.check(property, { numRuns, seed })
    expect(found.failed).toBe(true)
    expect(losses.at(-1)).toContain('ReauthorizationRequiredError')
    const turns = found.counterexample?.[0].report().length ?? 0
    expect(turns).toBeGreaterThan(0)
    rows.push([kind, found.numRuns, found.numShrinks, turns].map(String))
  },
  60_000,
)

afterAll(() => {
  const headers = ['Store', 'Schedules until then', 'Shrinks', 'Turns that are left']
  reportTable('The rule "a newer version wins" is caught losing a live refresh token', headers, rows)
})
