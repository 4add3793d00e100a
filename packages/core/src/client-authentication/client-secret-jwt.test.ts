import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { authenticated, decodeJwt, thrown } from '../units.test-support.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'

const issuer = 'https://auth.example.test'

describe('client_secret_jwt', () => {
  test('C2 sends its id and one assertion, and never the secret', async () => {
    const { body, headers } = await authenticated(clientSecretJwt('fake-secret'))
    expect([...body.keys()]).toEqual(['client_id', 'client_assertion_type', 'client_assertion'])
    expect(body.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect(body.toString()).not.toContain('fake-secret')
    expect([...headers]).toEqual([])
  })

  test('C53 is addressed to the issuer alone, about the client, for at most 60 s', async () => {
    const { body } = await authenticated(clientSecretJwt('fake-secret'), 'fake-client', issuer)
    const { header, claims } = decodeJwt(body.get('client_assertion') ?? '')
    expect(header).toEqual({ alg: 'HS256' })
    expect(claims).toMatchObject({ aud: issuer, iss: 'fake-client', sub: 'fake-client' })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeGreaterThan(0)
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeLessThanOrEqual(60)
  })

  test('C53 is new for each attempt', async () => {
    const authentication = clientSecretJwt('fake-secret')
    const ids = new Set<unknown>()
    for (let attempt = 0; attempt < 20; attempt++) {
      const { body } = await authenticated(authentication)
      ids.add(decodeJwt(body.get('client_assertion') ?? '').claims['jti'])
    }
    expect(ids.size).toBe(20)
    expect(ids.has(undefined)).toBe(false)
  })

  test.each([
    ['fake-secret', true],
    ['fake-other', false],
  ])('is signed with the secret: checked with %s it holds: %s', async (secret, isValid) => {
    const { body } = await authenticated(clientSecretJwt('fake-secret'))
    const { signed, signature } = decodeJwt(body.get('client_assertion') ?? '')
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [
      'verify',
    ])
    expect(await crypto.subtle.verify(algorithm, key, signature, signed)).toBe(isValid)
  })

  test('C86 names its secret and shows it nowhere', () => {
    expect(clientSecretJwt('fake-secret').secrets).toEqual(['fake-secret'])
    expect(JSON.stringify(clientSecretJwt('fake-secret'))).toBe('{"method":"client_secret_jwt"}')
  })

  test.each(['', undefined])('refuses the secret %j', wrong => {
    expect(isConfigurationError(thrown(() => clientSecretJwt(wrong as string)))).toBe(true)
  })
})
