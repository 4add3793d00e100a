import { isConfigurationError } from '@evergrant/core/source'
import { describe, expect, test } from 'vitest'
import { sessionAt } from './place-session.ts'
import { tokensAt } from './place-tokens.ts'
import { createPlace } from './place.test-support.ts'
import { modes } from './sessions.test-support.ts'

describe.each(modes)('a session with the tokens in the %s', mode => {
  test('F4 signs nobody in or out where no cookie can be set, and says where to', async () => {
    const { sessions, place, customer, emulator } = await createPlace(mode, 'component')
    const before = emulator.journal.count()
    const session = sessionAt(sessions, place)
    for (const call of [() => session.signIn(customer(1)), () => session.signOut()]) {
      const error: unknown = await call().catch((reason: unknown) => reason)
      expect(error).toSatisfy(isConfigurationError)
      expect(String(error)).toContain('Call it in an action.')
    }
    expect((await session.getState()).status).toBe('authenticated')
    expect(emulator.journal.count()).toBe(before)
  })

  test('writes the cookies of a sign-in and of a sign-out, and the same request knows of both', async () => {
    const { sessions, place, customer } = await createPlace(mode, 'action')
    const session = sessionAt(sessions, place)
    await session.signIn(customer(1))
    expect(place.written.at(-1)?.some(({ maxAge }) => maxAge > 0)).toBe(true)
    expect(await session.getState()).toMatchObject({ username: customer(1).username })
    expect(await tokensAt(sessions, place).getState()).toMatchObject({ username: customer(1).username })
    await session.signOut()
    expect(place.written.at(-1)?.every(({ maxAge }) => maxAge === 0)).toBe(true)
    expect(await session.getState()).toEqual({ status: 'unauthenticated' })
  })

  test('a wrong password writes nothing and keeps who was there', async () => {
    const { sessions, place, customer } = await createPlace(mode, 'action')
    const session = sessionAt(sessions, place)
    await expect(session.signIn({ ...customer(1), password: 'fake-wrong' })).rejects.toMatchObject({
      code: 'credentials_rejected',
    })
    expect(place.written.flat().filter(({ maxAge }) => maxAge === 0)).toEqual([])
    expect(await session.getState()).toMatchObject({ username: customer().username })
  })
})
