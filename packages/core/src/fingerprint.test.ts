import { describe, expect, test } from 'vitest'
import { clientSecretBasic } from './client-authentication/client-secret-basic.ts'
import { clientSecretPost } from './client-authentication/client-secret-post.ts'
import { fingerprintOf } from './fingerprint.ts'
import { clientCredentials } from './grants/client-credentials.ts'
import { passwordGrant } from './grants/password.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'
import { authorizationBase } from './units.test-support.ts'

const base = authorizationBase()
const password = (
  username: string,
  secret: string,
  credentialVersion?: string,
): ReturnType<typeof passwordGrant> =>
  passwordGrant(() => ({ username, password: secret }), { credentialVersion })

describe('a fingerprint', () => {
  test('is deterministic and short', async () => {
    const grant = password('fake-user', 'fake-password')
    expect(await fingerprintOf(base, grant)).toMatch(/^[0-9a-f]{16}$/)
    expect(await fingerprintOf(base, grant)).toBe(
      await fingerprintOf(base, password('fake-user', 'fake-password')),
    )
  })

  test('differs by everything that a person may correct', async () => {
    const grant = password('fake-user', 'fake-password')
    const fingerprints = await Promise.all([
      fingerprintOf(base, undefined),
      fingerprintOf(base, clientCredentials()),
      fingerprintOf(base, clientCredentials({ scope: 'read' })),
      fingerprintOf(base, grant),
      fingerprintOf(base, password('fake-user', 'fake-password-2')),
      fingerprintOf(base, password('fake-user-2', 'fake-password')),
      fingerprintOf(base, refreshTokenGrant({ refreshToken: 'fake-password' })),
      fingerprintOf(authorizationBase({}, clientSecretPost('fake-other')), grant),
      fingerprintOf(authorizationBase({}, clientSecretBasic('fake-client-secret')), grant),
      fingerprintOf(authorizationBase({}, undefined, 'fake-other'), grant),
      fingerprintOf(authorizationBase({ tokenEndpoint: 'https://other.example.test/token' }), grant),
      fingerprintOf({ ...base, provider: 'other' }, grant),
    ])
    expect(new Set(fingerprints).size).toBe(fingerprints.length)
  })

  test('takes a given credentialVersion in place of the credentials', async () => {
    const version = await fingerprintOf(base, password('fake-user', 'fake-password', '1'))
    expect(await fingerprintOf(base, password('fake-user', 'fake-password-2', '1'))).toBe(version)
    expect(await fingerprintOf(base, password('fake-user', 'fake-password', '2'))).not.toBe(version)
  })

  test('does not call the credentials where a version is given', async () => {
    const grant = passwordGrant(() => Promise.reject(new Error('asked')), { credentialVersion: '1' })
    await expect(fingerprintOf(base, grant)).resolves.toMatch(/^[0-9a-f]{16}$/)
  })
})
