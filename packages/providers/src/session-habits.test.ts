import { describe, expect, test } from 'vitest'
import { createWorld, identities } from './scenario.test-support.ts'
import type { World } from './scenario.test-support.ts'
import {
  askAtOnce,
  exchanges,
  expectPerson,
  five,
  lifeLater,
  rungs,
  statuses,
  unused,
} from './traffic.test-support.ts'

// How sessions of Keycloak end × every identity that it concerns. docs/reliability.md describes the answers.

const keycloaks = identities.filter(({ name }) => name.startsWith('travis') || name === 'truphone')

const createKeycloakWorld = (
  habits: Parameters<World['emulator']['travis']['configure']>[0],
  refreshTokenMs?: number,
): World => {
  const world = createWorld()
  for (const provider of [world.emulator.travis, world.emulator.truphone]) {
    provider.configure(habits)
    provider.setLifetimes({ refreshTokenMs })
  }
  return world
}

describe.each(keycloaks)('an idle limit, $name', identity => {
  test('a session that dies before each expiry costs one refused refresh and one grant, or a person', async () => {
    const world = createKeycloakWorld({ sessionIdleMs: 60_000 })
    const tokens = await unused(identity, world)
    if (identity.nextGrant === undefined) {
      await lifeLater(world, tokens)
      await expectPerson(identity, world, tokens, {
        reason: 'refresh-token-refused',
        traffic: ['renewal 400'],
      })
      return
    }
    for (let life = 0; life < 5; life++) {
      await lifeLater(world, tokens)
      await askAtOnce(world, identity, [tokens])
    }
    expect(exchanges(world, identity)).toEqual(five('renewal 400', `${identity.nextGrant} 200`))
  })

  test('a session in use outlives its idle limit: it is refreshed before each expiry', async () => {
    const world = createKeycloakWorld({ sessionIdleMs: 280_000 })
    const tokens = await unused(identity, world)
    for (let life = 0; life < 5; life++) {
      await askAtOnce(world, identity, [tokens])
      await world.clock.advance(275_000)
    }
    expect(exchanges(world, identity)).toEqual(five('renewal 200'))
    expect(rungs(world)).toEqual(five('refresh-token'))
  })
})

describe.each(keycloaks)('a not-before policy, $name', identity => {
  test('each time it moves, the next calls cost one refused refresh and one grant, or a person', async () => {
    const world = createKeycloakWorld({})
    const tokens = await unused(identity, world)
    const provider = identity.name === 'truphone' ? world.emulator.truphone : world.emulator.travis
    if (identity.nextGrant === undefined) {
      provider.bumpNotBefore()
      await world.clock.advance(60_000)
      await expectPerson(identity, world, tokens, {
        reason: 'refresh-token-refused',
        traffic: ['api 401', 'renewal 400'],
        callers: 1,
      })
      return
    }
    for (let time = 0; time < 5; time++) {
      provider.bumpNotBefore()
      await world.clock.advance(60_000)
      expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    }
    expect(exchanges(world, identity)).toEqual(five('renewal 400', `${identity.nextGrant} 200`))
    expect(world.emulator.journal.count({ kind: 'api' })).toBe(500)
  })
})

interface RefreshExpiry {
  readonly name: string
  readonly refreshExpiresIn: 'real' | 'zero'
  readonly refreshTokenMs?: number
  /** What an expiry costs. */
  readonly costs: 'a refresh' | 'a refused refresh and a grant' | 'a grant'
}

const expiries: readonly RefreshExpiry[] = [
  { name: 'that says 0 and means nothing', refreshExpiresIn: 'zero', costs: 'a refresh' },
  {
    name: 'that says 0 and hides a minute',
    refreshExpiresIn: 'zero',
    refreshTokenMs: 60_000,
    costs: 'a refused refresh and a grant',
  },
  { name: 'of a minute', refreshExpiresIn: 'real', refreshTokenMs: 60_000, costs: 'a grant' },
]

describe.each(keycloaks)('a refresh_expires_in, $name', identity => {
  test.each(expiries)('$name: each expiry costs $costs, or a person where no grant can follow', async row => {
    const { refreshExpiresIn, refreshTokenMs, costs } = row
    const world = createKeycloakWorld({ refreshExpiresIn }, refreshTokenMs)
    const tokens = await unused(identity, world)
    const { expiresAt } = tokens.explain().refreshToken
    expect(expiresAt === undefined).toBe(refreshExpiresIn === 'zero')
    if (costs !== 'a refresh' && identity.nextGrant === undefined) {
      await lifeLater(world, tokens)
      await expectPerson(identity, world, tokens, {
        reason: 'refresh-token-refused',
        traffic: ['renewal 400'],
      })
      return
    }
    for (let life = 0; life < 5; life++) {
      await lifeLater(world, tokens)
      await askAtOnce(world, identity, [tokens])
    }
    const grant = `${identity.nextGrant} 200`
    const entries = {
      'a refresh': ['renewal 200'],
      'a refused refresh and a grant': ['renewal 400', grant],
      'a grant': [grant],
    }
    expect(exchanges(world, identity)).toEqual(five(...entries[costs]))
  })
})
