import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackends, storeNames } from '../backends.test-support.ts'
import type { Backends } from '../backends.test-support.ts'
import { reportTable } from '../proof-report.test-support.ts'
import { Fleet } from './fleet.test-support.ts'

// EVERGRANT_FLEET=full: the size of the nightly run.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const { processes, callers, expiries } = isFull
  ? { processes: 16, callers: 200, expiries: 50 }
  : { processes: 4, callers: 20, expiries: 5 }

let backends: Backends
const figures: (readonly string[])[] = []

describe.skipIf(startBackends === undefined)(`${processes} processes with ${callers} callers each`, () => {
  beforeAll(async () => void (backends = await startBackends!()), 120_000)
  afterAll(async () => {
    const headers = ['Store', 'Token requests', 'refused', 'generations', 'seconds']
    reportTable(`${processes} processes, ${callers} callers each, ${expiries} expiries`, headers, figures)
    await backends.stop()
  })

  test.each(storeNames)(
    `F1 %s: ${expiries} expiries cause exactly ${expiries} token requests on a server that forgives no replay`,
    async name => {
      const fleet = await Fleet.start(backends.addresses[name])
      try {
        const members = await Promise.all(Array.from({ length: processes }, () => fleet.add()))
        const seen = new Set<string>()
        const startedAt = performance.now()
        seen.add((await members[0]!.tell({ do: 'sign-in' })).tokens[0]!)
        const first = await fleet.record()
        for (let expiry = 0; expiry < expiries; expiry++) {
          await fleet.expire()
          const { tokens, errors } = await fleet.ask(callers)
          expect({ errors, count: tokens.length }).toEqual({ errors: [], count: 1 })
          seen.add(tokens[0]!)
        }
        expect(seen.size).toBe(1 + expiries)
        const refreshes = Array.from({ length: expiries }, () => 'refresh_token 200')
        expect(fleet.exchanges).toEqual(['password 200', ...refreshes])
        const last = await fleet.record()
        expect([last.family, last.generation]).toEqual([first.family, first.generation + expiries])
        const refused = fleet.exchanges.filter(exchange => !exchange.endsWith(' 200')).length
        const seconds = (performance.now() - startedAt) / 1000
        const counts = [fleet.exchanges.length - 1, refused, last.generation - first.generation]
        figures.push([name, ...counts.map(String), seconds.toFixed(0)])
      } finally {
        await fleet.stop()
      }
    },
    isFull ? 600_000 : 60_000,
  )
})
