import { describe, expect, test } from 'vitest'
import { isConfigurationError } from '../errors/configuration-error.ts'
import { authenticated, decodeJwt, thrown } from '../units.test-support.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

const issuer = 'https://auth.example.test'
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const rsa = (name: string): RsaHashedKeyGenParams => ({
  name,
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
})
const keys = async (
  algorithm: EcKeyGenParams | RsaHashedKeyGenParams | { name: string } = ecdsa,
): Promise<CryptoKeyPair> =>
  (await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])) as CryptoKeyPair

describe('private_key_jwt', () => {
  test('C2 sends its id and one assertion', async () => {
    const { privateKey } = await keys()
    const { body, headers } = await authenticated(privateKeyJwt({ key: privateKey }))
    expect([...body.keys()]).toEqual(['client_id', 'client_assertion_type', 'client_assertion'])
    expect(body.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect([...headers]).toEqual([])
  })

  test('C53 is addressed to the issuer alone, never to the token endpoint, and lives at most 60 s', async () => {
    const { privateKey } = await keys()
    const { body } = await authenticated(privateKeyJwt({ key: privateKey }), 'fake-client', issuer)
    const { claims } = decodeJwt(body.get('client_assertion') ?? '')
    expect(claims).toMatchObject({ aud: issuer, iss: 'fake-client', sub: 'fake-client' })
    const livesFor = Number(claims['exp']) - Number(claims['iat'])
    expect(livesFor).toBeGreaterThan(0)
    expect(livesFor).toBeLessThanOrEqual(60)
    expect(Math.abs(Number(claims['iat']) - Date.now() / 1000)).toBeLessThan(30)
  })

  test('C53 is new for each attempt', async () => {
    const { privateKey } = await keys()
    const authentication = privateKeyJwt({ key: privateKey })
    const assertions = await Promise.all(Array.from({ length: 20 }, () => authenticated(authentication)))
    const ids = assertions.map(({ body }) => decodeJwt(body.get('client_assertion') ?? '').claims['jti'])
    expect(new Set(ids).size).toBe(20)
    expect(ids).not.toContain(undefined)
  })

  test.each<
    [
      string,
      EcKeyGenParams | RsaHashedKeyGenParams | { name: string },
      AlgorithmIdentifier | RsaPssParams | EcdsaParams,
    ]
  >([
    ['ES256', ecdsa, ecdsa],
    ['RS256', rsa('RSASSA-PKCS1-v1_5'), { name: 'RSASSA-PKCS1-v1_5' }],
    ['PS256', rsa('RSA-PSS'), { name: 'RSA-PSS', saltLength: 32 }],
    ['Ed25519', { name: 'Ed25519' }, { name: 'Ed25519' }],
  ])('is signed with %s by the key, and by no other', async (alg, generation, verification) => {
    const [ours, other] = [await keys(generation), await keys(generation)]
    const { body } = await authenticated(privateKeyJwt({ key: ours.privateKey }))
    const { header, signed, signature } = decodeJwt(body.get('client_assertion') ?? '')
    expect(header['alg']).toBe(alg)
    expect(await crypto.subtle.verify(verification, ours.publicKey, signature, signed)).toBe(true)
    expect(await crypto.subtle.verify(verification, other.publicKey, signature, signed)).toBe(false)
  })

  test('names its key where the server knows it by an id, and only there', async () => {
    const { privateKey } = await keys()
    const headerOf = async (kid?: string): Promise<Record<string, unknown>> => {
      const { body } = await authenticated(privateKeyJwt({ key: privateKey, kid }))
      return decodeJwt(body.get('client_assertion') ?? '').header
    }
    expect(await headerOf('key-1')).toEqual({ alg: 'ES256', kid: 'key-1' })
    expect(await headerOf()).toEqual({ alg: 'ES256' })
  })

  test('refuses what is no private key', async () => {
    const { publicKey } = await keys()
    const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    for (const key of [publicKey, secret, undefined, null, 'fake-key', {}]) {
      const error = thrown(() => privateKeyJwt({ key: key as CryptoKey }))
      expect(isConfigurationError(error) && error.message).toContain('privateKeyJwt cannot work')
    }
  })

  test('has no secret of its own to hide', async () => {
    const { privateKey } = await keys()
    expect(privateKeyJwt({ key: privateKey })).toMatchObject({ method: 'private_key_jwt', secrets: [] })
  })
})
