import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startBackends } from './backends.test-support.ts'
import type { Backends, StoreName } from './backends.test-support.ts'
import { deathPoints } from './fleet-worker.test-support.ts'
import type { DeathPoint } from './fleet-worker.test-support.ts'
import { Fleet } from './fleet.test-support.ts'

let backends: Backends
let fleets = 0

/** Between the server's answer and the write, the only copy of the new refresh token is in the process that dies. */
const lostAt: readonly DeathPoint[] = ['after sending', 'before saving']

// EVERGRANT_FLEET=full: every moment on every kind of store. Else the moments that differ most on those with a server.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const few: readonly DeathPoint[] = ['after the claim', 'before saving', 'after saving']
const rows = (['file', 'Redis with node-redis', 'Postgres with pg'] as const satisfies StoreName[]).flatMap(
  name =>
    deathPoints
      .filter(point => isFull || name === 'file' || few.includes(point))
      .map(point => [name, point] as const),
)

describe.skipIf(startBackends === undefined)(
  'F5 a process that is killed in the middle of an exchange',
  () => {
    beforeAll(async () => void (backends = await startBackends!()), 120_000)
    afterAll(() => backends.stop())

    /** Two processes; the first dies at that moment, and the second goes on. */
    async function killAt(name: StoreName, point: DeathPoint): Promise<readonly string[]> {
      const address = backends.addresses[name]
      const own = `deaths${String.fromCodePoint(97 + Math.floor(++fleets / 26), 97 + (fleets % 26))}`
      const fleet = await Fleet.start(
        address.kind === 'file' ? { ...address, at: `${address.at}-${own}` } : { ...address, name: own },
      )
      try {
        const times = { timeoutMs: 1000, holdMs: 1500 }
        const survivor = await fleet.add(times)
        await survivor.tell({ do: 'sign-in' })
        await fleet.expire()
        const victim = await fleet.add({ ...times, dieAt: point })
        await victim.tellAndLose({ do: 'ask', callers: 5 })
        const last = await vi.waitFor(
          async () => {
            const answer = await survivor.tell({ do: 'ask', callers: 5 })
            const isOver =
              answer.tokens.length > 0 || answer.errors.join().includes('ReauthorizationRequired')
            expect(isOver, answer.errors.join()).toBe(true)
            return answer
          },
          { timeout: 20_000, interval: 300 },
        )
        return [...fleet.exchanges.slice(1), ...(last.tokens.length === 1 ? ['a token'] : last.errors)]
      } finally {
        await fleet.stop()
      }
    }

    test.each(rows)(
      '%s, %s: nothing is lost but what nobody else could know',
      async (name, point) => {
        const outcome = await killAt(name, point)
        if (lostAt.includes(point)) {
          expect(outcome.slice(0, 2)).toEqual(['refresh_token 200', 'refresh_token 400'])
          expect(outcome[2]).toContain('ReauthorizationRequired')
        } else {
          expect(outcome).toEqual(['refresh_token 200', 'a token'])
        }
      },
      60_000,
    )
  },
)
