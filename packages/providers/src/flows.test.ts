import { isNetworkError, isReauthorizationRequiredError, memoryStore } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { createWorld, identities, ready } from './scenario.test-support.ts'
import type { Identity, World } from './scenario.test-support.ts'

const setUp = async (
  identity: Identity,
): Promise<{ world: World; tokens: TokenManager; provider: string }> => {
  const world = createWorld()
  const tokens = await ready(identity, world)
  return { world, tokens, provider: identity.provider(world.emulator).name }
}

const grants = (world: World, provider: string): (string | undefined)[] =>
  world.emulator.journal.entries({ kind: 'token' }).map(entry => {
    expect(entry.provider).toBe(provider)
    return entry.grantType
  })

const exchanges = (world: World): string[] =>
  world.emulator.journal.entries({ kind: 'token' }).map(({ grantType, status }) => `${grantType} ${status}`)

const lifetimeMs = async (tokens: TokenManager): Promise<number> => {
  await tokens.getAccessToken()
  return tokens.explain().accessToken?.lifetimeMs ?? Number.NaN
}

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error,
  )

describe.each(identities)('$name', identity => {
  test('obtains its first token by the documented grant and reads the API with it', async () => {
    const { world, tokens, provider } = await setUp(identity)
    const response = await tokens.fetch(identity.path)
    expect(response.status).toBe(200)
    expect(JSON.stringify(await response.json()).length).toBeGreaterThan(1000)
    expect(grants(world, provider)).toEqual([identity.firstGrant])
  })

  test('renews in the background before the token expires, while callers keep being served', async () => {
    const { world, tokens, provider } = await setUp(identity)
    const life = await lifetimeMs(tokens)
    const first = await tokens.getAccessToken()
    const lead = tokens.explain().accessToken?.mandatoryMs ?? 0
    await world.clock.advance(life - lead - 1)
    expect(grants(world, provider)).toEqual([identity.firstGrant, identity.renewalGrant])
    expect(await tokens.getAccessToken()).not.toBe(first)
    expect(world.events.filter(event => event.type === 'exchange-started').at(-1)).toMatchObject({
      because: 'advisory-window',
    })
  })

  test('answers a 401 of the API with one renewal and one replay', async () => {
    const { world, tokens, provider } = await setUp(identity)
    await tokens.getAccessToken()
    await world.clock.advance(60_000)
    identity.provider(world.emulator).revokeAccessTokens()
    world.emulator.journal.clear()
    expect((await tokens.fetch(identity.path)).status).toBe(200)
    expect(world.emulator.journal.entries().map(entry => [entry.kind, entry.status])).toEqual([
      ['api', 401],
      ['token', 200],
      ['api', 200],
    ])
    expect(grants(world, provider)).toEqual([identity.renewalGrant])
  })

  test('goes on after its refresh token died, or says that a person is needed', async () => {
    const { world, tokens, provider } = await setUp(identity)
    const life = await lifetimeMs(tokens)
    expect(tokens.explain().refreshToken.status).toBe(identity.hasRefreshToken ? 'usable' : 'none')
    identity.provider(world.emulator).revokeRefreshTokens()
    await world.clock.advance(life + 1)
    if (identity.nextGrant !== undefined) {
      expect((await tokens.fetch(identity.path)).status).toBe(200)
      expect(exchanges(world)).toEqual(
        identity.hasRefreshToken
          ? [`${identity.firstGrant} 200`, 'refresh_token 400', `${identity.nextGrant} 200`]
          : [`${identity.firstGrant} 200`, `${identity.nextGrant} 200`],
      )
      return
    }
    const error = await rejection(tokens.getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('refresh-token-refused')
    expect(exchanges(world)).toEqual(['password 200', 'refresh_token 400'])
    world.emulator.journal.clear()
    await world.clock.advance(3_600_000)
    expect(isReauthorizationRequiredError(await rejection(tokens.fetch(identity.path)))).toBe(true)
    expect(grants(world, provider)).toEqual([])
    await identity.signIn?.(tokens, world)
    expect((await tokens.fetch(identity.path)).status).toBe(200)
  })

  test('serves its valid token through a server error, fails softly after expiry, and recovers', async () => {
    const { world, tokens } = await setUp(identity)
    const life = await lifetimeMs(tokens)
    const first = await tokens.getAccessToken()
    world.outage = { status: 503 }
    await world.clock.advance(life - 2000)
    expect(await tokens.getAccessToken()).toBe(first)
    await world.clock.advance(3000)
    const error = await rejection(tokens.getAccessToken())
    expect(isNetworkError(error) && [error.code, error.isTransient, error.retryAt !== undefined]).toEqual([
      'server_unavailable',
      true,
      true,
    ])
    world.outage = undefined
    await world.clock.advance(300_000)
    expect((await tokens.fetch(identity.path)).status).toBe(200)
  })

  test('repeats its grant after a restart, or asks its user to sign in again', async () => {
    const { world, provider } = await setUp(identity)
    const restarted = identity.create({
      ...world,
      options: () => ({ ...world.options(), store: memoryStore() }),
    })
    world.emulator.journal.clear()
    if (identity.signIn === undefined) {
      expect((await restarted.fetch(identity.path)).status).toBe(200)
      expect(grants(world, provider)).toEqual([identity.firstGrant])
      return
    }
    const error = await rejection(restarted.fetch(identity.path))
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('never-signed-in')
    expect(String(error)).toContain('Call signIn()')
    expect(world.emulator.journal.count()).toBe(0)
  })
})
