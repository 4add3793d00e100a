import { describe, expect, test } from 'vitest'
import type { Authorization } from './authorization.ts'
import { anonymous } from './client-authentication/anonymous.ts'
import { bindingOf, credentialKey } from './credential-key.ts'
import { clientCredentials } from './grants/client-credentials.ts'
import { passwordGrant } from './grants/password.ts'
import { authorizationBase, fakeEndpoint } from './units.test-support.ts'

const withUser = (username: string): Authorization => ({
  ...authorizationBase(),
  grant: passwordGrant({ username, password: 'fake-password' }),
})

describe('a binding', () => {
  test('C45 names the token endpoint, and the issuer and the client where there are any', () => {
    expect(bindingOf(authorizationBase())).toEqual({ tokenEndpoint: fakeEndpoint, clientId: 'fake-client' })
    expect(bindingOf(authorizationBase({ issuer: 'https://auth.example.test' }, anonymous(), null))).toEqual({
      tokenEndpoint: fakeEndpoint,
      issuer: 'https://auth.example.test',
    })
  })

  test('names a configured user by a hash', () => {
    const binding = bindingOf(withUser('fake-user'))
    expect(binding.subject).toMatch(/^[0-9a-f]{16}$/)
    expect(JSON.stringify(binding)).not.toMatch(/fake-(user|password)/)
    expect(bindingOf(withUser('fake-user')).subject).toBe(binding.subject)
    expect(bindingOf(withUser('fake-other')).subject).not.toBe(binding.subject)
  })

  test('names nobody where the grant does not', () => {
    expect(bindingOf({ ...authorizationBase(), grant: clientCredentials() })).not.toHaveProperty('subject')
  })
})

describe('a key', () => {
  const binding = { tokenEndpoint: fakeEndpoint, clientId: 'fake-client' }

  test('is deterministic: other processes find the same record', () => {
    expect(credentialKey('example', binding)).toBe('evergrant/example/71da72e503a692a5/application')
    expect(credentialKey('example', { ...binding })).toBe(credentialKey('example', binding))
  })

  test('C74 differs by provider, server, client, issuer and user', () => {
    const keys = [
      credentialKey('example', binding),
      credentialKey('other', binding),
      credentialKey('example', { ...binding, tokenEndpoint: `${fakeEndpoint}2` }),
      credentialKey('example', { ...binding, clientId: 'fake-other' }),
      credentialKey('example', { ...binding, issuer: 'https://auth.example.test' }),
      credentialKey('example', { ...binding, subject: 'a' }),
      credentialKey('example', binding, 'user-1'),
      credentialKey('example', binding, 'user-2'),
      credentialKey('example', binding, ''),
      credentialKey('example', binding, 'application'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('keeps what users and providers are called apart from its own parts', () => {
    expect(credentialKey('a/b', binding, 'c/../d e')).toMatch(
      /^evergrant\/a%2Fb\/[0-9a-f]{16}\/user\/c%2F\.\.%2Fd%20e$/,
    )
  })
})
