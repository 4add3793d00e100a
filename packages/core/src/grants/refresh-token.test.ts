import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { thrown } from '../units.test-support.ts'
import { refreshTokenGrant } from './refresh-token.ts'

const refreshToken = 'fake-api-key'

describe('the grant of a configured refresh token', () => {
  test('presents the token, and keeps it from messages', async () => {
    const grant = refreshTokenGrant({ refreshToken })
    expect(grant).toMatchObject({ grantType: 'refresh_token', isRepeatable: true, presentsCredentials: true })
    expect(await grant.parameters()).toEqual({
      values: { refresh_token: 'fake-api-key' },
      secrets: ['fake-api-key'],
    })
    expect(grant.subject).toBeUndefined()
  })

  test('C8 sends a scope only if asked', async () => {
    expect((await refreshTokenGrant({ refreshToken, scope: '' }).parameters()).values).not.toHaveProperty(
      'scope',
    )
    expect((await refreshTokenGrant({ refreshToken, scope: 'read' }).parameters()).values).toMatchObject({
      scope: 'read',
    })
  })

  test('needs a claim only if the token works once', () => {
    expect(refreshTokenGrant({ refreshToken }).needsClaim).toBe(false)
    expect(refreshTokenGrant({ refreshToken, isSingleUse: true }).needsClaim).toBe(true)
  })

  test("gives advice in the provider's words, or its own", () => {
    expect(refreshTokenGrant({ refreshToken, refusalAdvice: 'Get a new key.' }).refusalAdvice).toBe(
      'Get a new key.',
    )
    expect(refreshTokenGrant({ refreshToken }).refusalAdvice).toContain('Configure a new refresh token')
  })

  test.each(['', undefined, null, 42])('refuses %j', wrong => {
    const error = thrown(() => refreshTokenGrant({ refreshToken: wrong as string }))
    expect(isConfigurationError(error) && error.problems).toEqual([
      'refreshToken must be a non-empty string.',
    ])
  })

  test('C86 shows no token when it is printed', () => {
    expect(inspect(refreshTokenGrant({ refreshToken }), { depth: 9, showHidden: true })).not.toContain(
      'fake-api-key',
    )
  })
})
