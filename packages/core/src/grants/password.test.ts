import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { thrown } from '../units.test-support.ts'
import { passwordGrant } from './password.ts'
import type { PasswordCredentials } from './password.ts'

const credentials = { username: 'fake-üser', password: 'fake-password' }

describe('the password grant', () => {
  test('C10 sends the user name and the password as they are, and keeps the password from messages', async () => {
    const grant = passwordGrant(credentials, { scope: 'api' })
    expect(grant).toMatchObject({
      grantType: 'password',
      presentsCredentials: true,
      needsClaim: true,
      isRepeatable: true,
    })
    expect(await grant.parameters()).toEqual({
      values: { username: 'fake-üser', password: 'fake-password', scope: 'api' },
      secrets: ['fake-password'],
    })
  })

  test('sends no scope unless asked', async () => {
    expect((await passwordGrant(credentials).parameters()).values).not.toHaveProperty('scope')
    expect((await passwordGrant(credentials, { scope: '' }).parameters()).values).not.toHaveProperty('scope')
  })

  test('C10 that was typed in does not outlive the sign-in; a callback does', () => {
    expect(passwordGrant(credentials).outlivesSignIn).toBe(false)
    expect(passwordGrant(() => credentials).outlivesSignIn).toBe(true)
  })

  test('names its user where that is known beforehand', () => {
    expect(passwordGrant(credentials).subject).toBe('fake-üser')
    expect(passwordGrant(() => credentials).subject).toBeUndefined()
  })

  test('asks its callback anew for each request, synchronous or not', async () => {
    let asked = 0
    const grant = passwordGrant(async () => ({ username: 'fake-user', password: `fake-password-${++asked}` }))
    expect((await grant.parameters()).secrets).toEqual(['fake-password-1'])
    expect((await grant.parameters()).values).toMatchObject({ password: 'fake-password-2' })
    expect((await passwordGrant(() => credentials).parameters()).secrets).toEqual(['fake-password'])
  })

  test('passes on what its callback throws', async () => {
    const grant = passwordGrant(() => Promise.reject(new Error('the vault is sealed')))
    await expect(grant.parameters()).rejects.toThrow('the vault is sealed')
  })

  test.each<[unknown, number]>([
    [{ username: '', password: 'fake-password' }, 1],
    [{ username: 'fake-user', password: '' }, 1],
    [{ username: 'fake-user' }, 1],
    [{ username: 'fake-user', password: 42 }, 1],
    [{}, 2],
    [undefined, 2],
    [null, 2],
  ])('refuses %j, from configuration at once and from a callback when it is asked', async (wrong, faults) => {
    const problemsOf = (error: unknown): readonly string[] =>
      isConfigurationError(error) ? error.problems : []
    const given = wrong as PasswordCredentials
    const problems = problemsOf(thrown(() => passwordGrant(given)))
    expect(problems).toHaveLength(faults)
    expect(problems.join(' ')).not.toContain('fake-')
    const error: unknown = await passwordGrant(() => given)
      .parameters()
      .catch((reason: unknown) => reason)
    expect(problemsOf(error)).toEqual(problems)
  })

  test('carries the version of its credentials', () => {
    expect(passwordGrant(credentials, { credentialVersion: '7' }).credentialVersion).toBe('7')
    expect(passwordGrant(credentials).credentialVersion).toBeUndefined()
  })

  test('C86 shows no password when it is printed', () => {
    expect(inspect(passwordGrant(credentials), { depth: 9, showHidden: true })).not.toContain('fake-password')
    expect(JSON.stringify(passwordGrant(credentials))).not.toContain('fake-password')
  })

  test('says that it will not try a refused password again', () => {
    expect(passwordGrant(credentials).refusalAdvice).toContain('will not try these again')
  })
})
