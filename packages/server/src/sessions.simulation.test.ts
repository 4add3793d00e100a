import { isEvergrantError } from '@evergrant/core'
import { seededRandom } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { createSessionWorld, modes, signedIn } from './sessions.test-support.ts'
import type { CookieJar, Mode } from './sessions.test-support.ts'

interface Toll {
  readonly outcomes: Readonly<Record<string, number>>
  /** Refresh tokens that the server refused. */
  readonly refused: number
}

/**
 * Three instances on one store, a server that uses refresh tokens once, and a browser that loses a third of all
 * `Set-Cookie`, comes back with old cookies and asks several instances at once, while the server is slow or down.
 */
async function simulate(mode: Mode, seed: number): Promise<Toll> {
  const random = seededRandom(seed)
  const world = createSessionWorld()
  const instances = [1, 2, 3].map(() => world.instance(mode))
  const jar = await signedIn(world, instances[0]!)
  const old: CookieJar[] = [jar.copy()]
  const outcomes: Record<string, number> = {}
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const visit = async (from: CookieJar): Promise<void> => {
    const sessions = pick(instances)
    const request = from.request()
    const outcome = await sessions
      .for(request)
      .fetch('vehicles')
      .then(
        ({ status }) => String(status),
        (error: unknown) => (isEvergrantError(error) ? error.code : String(error)),
      )
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (random() < 0.67) jar.take(sessions.for(request))
  }
  for (let step = 0; step < 40; step++) {
    if (random() < 0.2) world.emulator.travis.faults.add({ kind: 'delay', ms: Math.ceil(random() * 9000) })
    if (random() < 0.15) world.emulator.travis.faults.add({ kind: 'status', status: 503 })
    if (random() < 0.1) world.emulator.travis.faults.add({ kind: 'reset', when: 'before' })
    if (random() < 0.1) world.emulator.travis.revokeAccessTokens()
    const visits = Array.from({ length: Math.ceil(random() * 6) }, () =>
      visit(random() < 0.3 ? pick(old) : jar),
    )
    await world.clock.runUntil(Promise.all(visits))
    await world.clock.advance(Math.floor(random() * 400_000))
    old.push(jar.copy())
  }
  const refused = world.emulator.journal
    .entries({ kind: 'token' })
    .filter(({ status }) => status === 400).length
  return { outcomes, refused }
}

/** The nightly run takes more of them. */
const seeds = Array.from({ length: Number(process.env['EVERGRANT_SEEDS'] ?? 8) }, (_, index) => index + 1)

describe.each(modes)('with the tokens in the %s', mode => {
  test.each(seeds)(
    'F1 F3 nobody is signed out, whatever cookies come back when and where (seed %i)',
    async seed => {
      const { outcomes, refused } = await simulate(mode, seed)
      const transient = ['server_unavailable', 'network_error', 'network_timeout', '401']
      expect(
        Object.keys(outcomes).filter(outcome => outcome !== '200' && !transient.includes(outcome)),
      ).toEqual([])
      expect(outcomes['200']).toBeGreaterThan(60)
      expect(refused).toBe(0)
    },
  )
})
