import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { authenticated, thrown } from '../units.test-support.ts'
import { clientSecretBasic } from './client-secret-basic.ts'
import type { ClientSecretBasicOptions } from './client-secret-basic.ts'

/** What stands in the header, base64 undone. */
async function sentBy(
  clientId: string,
  secret: string,
  encoding?: ClientSecretBasicOptions['encoding'],
): Promise<string> {
  const { headers } = await authenticated(clientSecretBasic(secret, { encoding }), clientId)
  const base64 = headers.get('authorization')?.replace(/^Basic /, '') ?? ''
  return new TextDecoder().decode(Uint8Array.from(atob(base64), character => character.codePointAt(0) ?? 0))
}

describe('client_secret_basic', () => {
  test('C2 sends id and secret in the header and nothing in the body', async () => {
    const { body, headers } = await authenticated(clientSecretBasic('fake-secret'))
    expect(headers.get('authorization')).toBe(`Basic ${btoa('fake-client:fake-secret')}`)
    expect([...body]).toEqual([])
  })

  test('C1 form-encodes id and secret: the vector of RFC 6749 appendix B', async () => {
    expect(await sentBy(' %&+£€', ' %&+£€')).toBe('+%25%26%2B%C2%A3%E2%82%AC:+%25%26%2B%C2%A3%E2%82%AC')
  })

  test.each<[ClientSecretBasicOptions['encoding'], string]>([
    [undefined, 'fake%3Aclient:a+b%2Bc%25%3A%C2%A3'],
    ['rfc', 'fake%3Aclient:a+b%2Bc%25%3A%C2%A3'],
    ['percent20', 'fake%3Aclient:a%20b%2Bc%25%3A%C2%A3'],
    ['raw', 'fake:client:a b+c%:£'],
  ])('C1 with the encoding %s sends %s', async (encoding, expected) => {
    expect(await sentBy('fake:client', 'a b+c%:£', encoding)).toBe(expected)
  })

  test('C1 leaves a UUID and the unreserved characters alone: some servers do not decode', async () => {
    const id = '3f2a7e9c-0b1d-4c5e-8f6a-7b8c9d0e1f2a'
    for (const encoding of ['rfc', 'percent20', 'raw'] as const) {
      expect(await sentBy(id, 'Fake-secret_1.2*', encoding)).toBe(`${id}:Fake-secret_1.2*`)
    }
  })

  test('replaces an authorization header that was there', async () => {
    const headers = new Headers({ authorization: 'Bearer fake' })
    const request = {
      issuer: undefined,
      tokenEndpoint: '',
      clientId: 'a',
      body: new URLSearchParams(),
      headers,
    }
    await clientSecretBasic('b').authenticate(request)
    expect(headers.get('authorization')).toBe(`Basic ${btoa('a:b')}`)
  })

  test('sends a secret of 64 kB whole', async () => {
    const secret = 'x'.repeat(65_536)
    expect(await sentBy('a', secret)).toBe(`a:${secret}`)
  })

  test('C86 shows no secret when it is printed', () => {
    const authentication = clientSecretBasic('fake-secret')
    expect(inspect({ client: authentication }, { depth: 9 })).not.toContain('fake-secret')
    expect(JSON.stringify(authentication)).toBe('{"method":"client_secret_basic"}')
    expect(authentication.secrets).toEqual(['fake-secret'])
  })

  test.each(['', undefined, null, 42])('refuses the secret %j', wrong => {
    expect(isConfigurationError(thrown(() => clientSecretBasic(wrong as string)))).toBe(true)
  })
})
