import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { authenticated, thrown } from '../units.test-support.ts'
import { clientSecretPost } from './client-secret-post.ts'

describe('client_secret_post', () => {
  test('C2 sends id and secret in the body and no header', async () => {
    const { body, headers } = await authenticated(clientSecretPost('fake secret+&='), 'fake:client')
    expect([...body]).toEqual([
      ['client_id', 'fake:client'],
      ['client_secret', 'fake secret+&='],
    ])
    expect([...headers]).toEqual([])
  })

  test('names its secret, so that messages can lose it', () => {
    expect(clientSecretPost('fake-secret')).toMatchObject({
      method: 'client_secret_post',
      secrets: ['fake-secret'],
    })
  })

  test('C86 shows no secret when it is printed', () => {
    expect(inspect({ client: clientSecretPost('fake-secret') }, { depth: 9 })).not.toContain('fake-secret')
    expect(JSON.stringify(clientSecretPost('fake-secret'))).toBe('{"method":"client_secret_post"}')
  })

  test.each(['', undefined, null, 42])('refuses the secret %j', wrong => {
    const error = thrown(() => clientSecretPost(wrong as string))
    expect(isConfigurationError(error) && error.message).toBe(
      'clientSecretPost cannot work: clientSecret must be a non-empty string.',
    )
  })
})
