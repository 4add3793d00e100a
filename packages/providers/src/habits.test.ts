import { isNetworkError } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { createWorld, identities, ready } from './scenario.test-support.ts'
import type { World } from './scenario.test-support.ts'
import {
  askAtOnce,
  exchanges,
  expectPerson,
  expectRenewal,
  five,
  lifeLater,
  rungs,
  statuses,
  unused,
} from './traffic.test-support.ts'

// What servers do with tokens all the time × every identity that it concerns: how often they are asked, and that
// nobody's sign-in is lost. docs/reliability.md describes the answers, one row for each.

const rotations = [
  { name: 'without rotation', rotation: 'off', honoursReplay: true },
  { name: 'with rotation', rotation: 'on', honoursReplay: false },
  { name: 'with rotation and 30 s of grace', rotation: { graceMs: 30_000 }, honoursReplay: true },
  { name: 'with reuse detection', rotation: 'reuse-detection', honoursReplay: false },
] as const

type RotationCase = (typeof rotations)[number]

describe.each(identities.filter(identity => identity.hasRefreshToken))('rotation, $name', identity => {
  const rotating = async ({ rotation }: RotationCase, world: World): Promise<TokenManager> => {
    const { travis, trafficStars, teamServer, truphone } = world.emulator
    for (const provider of [travis, trafficStars, teamServer, truphone]) provider.configure({ rotation })
    return unused(identity, world)
  }

  test.each(rotations)(
    '$name: 50 callers of two managers at five expiries cause five refreshes',
    async row => {
      const world = createWorld()
      const tokens = await rotating(row, world)
      const sibling = identity.create(world)
      const seen = new Set<string>()
      for (let life = 0; life < 5; life++) {
        await lifeLater(world, tokens)
        seen.add(await askAtOnce(world, identity, [tokens, sibling]))
      }
      expect(seen.size).toBe(5)
      expect(exchanges(world, identity)).toEqual(five('renewal 200'))
      expect(rungs(world)).toEqual(five('refresh-token'))
    },
  )

  test.each(rotations)(
    '$name: a token that two managers use is refreshed once in each of five lives',
    async row => {
      const world = createWorld()
      const tokens = await rotating(row, world)
      const sibling = identity.create(world)
      const seen = new Set<string>()
      for (let life = 0; life < 5; life++) {
        seen.add(await askAtOnce(world, identity, [tokens, sibling]))
        const { remainingMs = 0, mandatoryMs = 0 } = tokens.explain().accessToken ?? {}
        await world.clock.advance(remainingMs - mandatoryMs - 1)
      }
      expect(seen.size).toBe(5)
      expect(exchanges(world, identity)).toEqual(five('renewal 200'))
      expect(rungs(world)).toEqual(five('refresh-token'))
    },
  )

  test.each(rotations)('$name: a lost answer costs a sign-in only where replays are refused', async row => {
    const world = createWorld()
    const tokens = await rotating(row, world)
    await lifeLater(world, tokens)
    identity.provider(world.emulator).faults.add({ kind: 'reset', when: 'after' })
    const error: unknown = await tokens.getAccessToken().catch((reason: unknown) => reason)
    const retryAt = isNetworkError(error) ? (error.retryAt ?? 0) : Number.NaN
    await world.clock.advance(Math.ceil(retryAt - world.clock.wall()))
    const lost = ['renewal 0', row.honoursReplay ? 'renewal 200' : 'renewal 400']
    if (!row.honoursReplay && identity.nextGrant === undefined) {
      await expectPerson(identity, world, tokens, { reason: 'response-lost', traffic: lost })
      return
    }
    await askAtOnce(world, identity, [tokens])
    const next = identity.nextGrant === identity.renewalGrant ? 'renewal' : identity.nextGrant
    expect(exchanges(world, identity)).toEqual(row.honoursReplay ? lost : [...lost, `${next} 200`])
    expect(rungs(world)).toEqual([row.honoursReplay ? 'refresh-token' : 're-grant'])
    await expectRenewal(identity, world, tokens)
  })
})

describe.each(identities.filter(({ name }) => name === 'trafficStars'))(
  'no refresh token, $name',
  identity => {
    test('50 callers at five expiries use the API key five times', async () => {
      const world = createWorld()
      const tokens = await ready(identity, world)
      world.emulator.trafficStars.configure({ includeRefreshToken: false })
      await tokens.getAccessToken()
      world.emulator.journal.clear()
      world.events.length = 0
      for (let life = 0; life < 5; life++) {
        await lifeLater(world, tokens)
        await askAtOnce(world, identity, [tokens])
      }
      expect(exchanges(world, identity)).toEqual(five('renewal 200'))
      expect(rungs(world)).toEqual(five('re-grant'))
    })
  },
)

describe.each(identities.filter(({ name }) => name.startsWith('erStudio')))(
  'the same token, $name',
  identity => {
    test('an access token that comes back until it expires is asked for at most four times in a life', async () => {
      const world = createWorld()
      const lifetimeMs = 300_000
      world.emulator.teamServer.configure({ returnsSameToken: true })
      world.emulator.teamServer.setLifetimes({ accessTokenMs: lifetimeMs })
      const beganAt = world.clock.wall()
      const tokens = await ready(identity, world)
      const seen = new Set<string>()
      for (let passedMs = 0; passedMs < 5 * lifetimeMs; passedMs += 5000) {
        seen.add(await askAtOnce(world, identity, [tokens]))
        await world.clock.advance(5000)
      }
      expect(seen.size).toBe(5)
      const [first, ...renewals] = world.emulator.journal.entries({ kind: 'token' })
      expect([first?.grantType, first?.at]).toEqual([identity.firstGrant, beganAt])
      const lives = renewals.map(({ at }) => Math.floor((at - beganAt) / lifetimeMs))
      const perLife = [0, 1, 2, 3, 4].map(life => lives.filter(other => other === life).length)
      // More than one, or the habit was not there; the last one brings the new token.
      expect(Math.min(...perLife)).toBeGreaterThanOrEqual(2)
      expect(Math.max(...perLife)).toBeLessThanOrEqual(4)
      expect(new Set(exchanges(world, identity).slice(1))).toEqual(new Set(['renewal 200']))
    })
  },
)

describe.each(identities.filter(({ name }) => name.startsWith('erStudio')))(
  'one token at a time, $name',
  identity => {
    test('a refresh that kills the token of 50 requests on their way costs each of them one replay', async () => {
      const world = createWorld()
      world.emulator.teamServer.configure({ revokeAccessTokenOnRefresh: true })
      const tokens = await ready(identity, world)
      await tokens.getAccessToken()
      for (let life = 0; life < 5; life++) {
        await tokens.getAccessToken()
        await world.clock.advance((tokens.explain().next?.at ?? 0) - world.clock.wall() - 1000)
        world.emulator.journal.clear()
        world.emulator.teamServer.faults.add({ kind: 'delay', ms: 5000, on: 'api', times: 50 })
        expect(await world.clock.runUntil(statuses(50, identity, tokens))).toEqual(new Set([200]))
        expect(exchanges(world, identity)).toEqual(['renewal 200'])
        const answers = world.emulator.journal.entries({ kind: 'api' }).map(({ status }) => status)
        expect([answers.filter(status => status === 401).length, answers.length]).toEqual([50, 100])
      }
    })
  },
)

describe.each(identities)('two clocks, $name', identity => {
  const skewed = async (world: World, lives: number, extraMs = 0): Promise<[TokenManager, number]> => {
    const tokens = await unused(identity, world)
    const lifetimeMs = tokens.explain().accessToken?.lifetimeMs ?? Number.NaN
    identity.provider(world.emulator).setApiClockSkew(lives * lifetimeMs + extraMs)
    return [tokens, lifetimeMs]
  }

  test.each([
    { name: 'ten minutes behind', skewMs: -600_000 },
    { name: '20 s ahead', skewMs: 20_000 },
  ])(
    'an API whose clock is $name goes unnoticed: five renewals in five lives, and no 401',
    async ({ skewMs }) => {
      const world = createWorld()
      const [tokens, lifetimeMs] = await skewed(world, 0, skewMs)
      for (let step = 0; step < 25; step++) {
        expect(await statuses(5, identity, tokens)).toEqual(new Set([200]))
        await world.clock.advance(lifetimeMs / 5)
      }
      expect(exchanges(world, identity)).toEqual(five('renewal 200'))
      expect(world.emulator.journal.count({ kind: 'api' })).toBe(125)
    },
  )

  test('an API whose clock is half a life ahead costs 50 callers one renewal and a replay each, every time', async () => {
    const world = createWorld()
    const [tokens, lifetimeMs] = await skewed(world, 0.5)
    for (let time = 0; time < 5; time++) {
      await world.clock.advance(lifetimeMs * 0.6)
      expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    }
    expect(exchanges(world, identity)).toEqual(five('renewal 200'))
    expect(world.emulator.journal.count({ kind: 'api' })).toBe(500)
    expect(rungs(world)).toHaveLength(5)
  })

  test('an API whose clock is two lives ahead gets its 401 back after one renewal, until it is set right', async () => {
    const world = createWorld()
    const [tokens] = await skewed(world, 2)
    await world.clock.advance(10_000)
    expect(await statuses(50, identity, tokens)).toEqual(new Set([401]))
    expect(await statuses(50, identity, tokens)).toEqual(new Set([401]))
    expect(exchanges(world, identity)).toEqual(['renewal 200'])
    identity.provider(world.emulator).setApiClockSkew(0)
    expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    expect(exchanges(world, identity)).toEqual(['renewal 200'])
    await expectRenewal(identity, world, tokens)
  })
})
