import { isNeedsRefreshError } from '@evergrant/core/source'
import { describe, expect, test } from 'vitest'
import { createPlace } from './place.test-support.ts'
import { tokensAt } from './place-tokens.ts'

describe('tokens in the cookie', () => {
  test.each(['component', 'action'] as const)(
    'a good token is read in a %s, and nothing is written',
    async where => {
      const { tokens, refreshes, place } = await createPlace('cookie', where)
      expect((await tokens.fetch('vehicles')).status).toBe(200)
      expect([refreshes(), place.written]).toEqual([0, []])
    },
  )

  test('F4 a component burns no refresh token', async () => {
    const { tokens, refreshes, clock, place } = await createPlace('cookie', 'component')
    await clock.advance(300_000)
    await expect(tokens.fetch('vehicles')).rejects.toSatisfy(isNeedsRefreshError)
    await expect(tokens.getAccessToken()).rejects.toSatisfy(isNeedsRefreshError)
    expect([refreshes(), place.written]).toEqual([0, []])
    expect((await tokens.getState()).status).toBe('authenticated')
  })

  test('an action refreshes once for all its calls, and the cookies are written', async () => {
    const { tokens, sessions, refreshes, clock, place } = await createPlace('cookie', 'action')
    await clock.advance(300_000)
    const others = tokensAt(sessions, place)
    const calls = [tokens.fetch('vehicles'), others.fetch('vehicles'), tokens.fetch('locations')]
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(refreshes()).toBe(1)
    expect(place.written.at(-1)?.[0]).toMatchObject({
      name: expect.stringMatching(/^__Host-evergrant\.[\w-]{8}$/),
      isSecure: true,
    })
  })

  test('what an action has written is read afterwards in the same request', async () => {
    const { tokens, sessions, clock, place } = await createPlace('cookie', 'action')
    await clock.advance(300_000)
    await tokens.getAccessToken()
    await sessions.for(place.request).signOut()
    expect(await tokens.getState()).toEqual({ status: 'unauthenticated' })
  })

  test('a refused token is replaced in an action, and the request is sent again', async () => {
    const { tokens, emulator, refreshes, clock, place } = await createPlace('cookie', 'action')
    await clock.advance(30_000)
    emulator.travis.revokeAccessTokens()
    expect((await tokens.fetch('vehicles')).status).toBe(200)
    expect([refreshes(), place.written.length > 0]).toEqual([1, true])
  })

  test('a refusal stands in a component, and nothing is sent twice', async () => {
    const { tokens, emulator, refreshes, clock } = await createPlace('cookie', 'component')
    await clock.advance(30_000)
    emulator.travis.revokeAccessTokens()
    const before = emulator.journal.count({ kind: 'api' })
    expect((await tokens.fetch('vehicles')).status).toBe(401)
    expect([refreshes(), emulator.journal.count({ kind: 'api' }) - before]).toEqual([0, 1])
  })

  test('a refusal that is not about the token is handed on', async () => {
    const { tokens, emulator, refreshes } = await createPlace('cookie', 'action')
    emulator.travis.faults.add({ kind: 'status', status: 403, on: 'api' })
    expect((await tokens.fetch('vehicles')).status).toBe(403)
    expect(refreshes()).toBe(0)
  })

  test('no token goes to another origin', async () => {
    const { tokens } = await createPlace('cookie', 'action')
    await expect(tokens.fetch('https://elsewhere.test/')).rejects.toMatchObject({
      code: 'origin_not_allowed',
    })
  })

  test('a variant follows the same rule', async () => {
    const component = await createPlace('cookie', 'component')
    const narrow = component.tokens.variant({ scope: 'openid' })
    await expect(narrow.getAccessToken()).rejects.toSatisfy(isNeedsRefreshError)
    const action = await createPlace('cookie', 'action')
    expect(await action.tokens.variant({ scope: 'openid' }).getAccessToken()).toBeTypeOf('string')
    expect(action.refreshes()).toBe(1)
  })
})

describe('tokens in a store', () => {
  test.each(['component', 'action'] as const)('are refreshed in a %s', async where => {
    const { tokens, refreshes, clock, place } = await createPlace('store', where)
    await clock.advance(300_000)
    expect((await tokens.fetch('vehicles')).status).toBe(200)
    expect([refreshes(), place.written]).toEqual([1, []])
  })
})
