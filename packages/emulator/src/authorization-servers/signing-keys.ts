import { calculateJwkThumbprint, exportJWK, generateKeyPair, generateSecret } from 'jose'
import type { CryptoKey, JWK } from 'jose'

/** The keys of one realm: RS256 for access and ID tokens, HMAC for refresh tokens. */
export interface SigningKeys {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** The public key as the JWKS endpoint shows it. */
  readonly jwk: JWK & { readonly kid: string }
  readonly secret: CryptoKey
  /** The key id of `secret`, which no endpoint shows. */
  readonly secretKid: string
}

export type RefreshTokenAlgorithm = 'HS256' | 'HS512'

// One set per realm and process, made on first use: generating an RSA key takes longer than a whole test, and a
// suite creates thousands of emulators. An emulator still refuses another's tokens: it does not know their ids.
const keysByRealm = new Map<string, Promise<SigningKeys>>()

/** Returns the signing keys of a realm. */
export function signingKeys(realm: string, algorithm: RefreshTokenAlgorithm): Promise<SigningKeys> {
  let keys = keysByRealm.get(realm)
  if (!keys) {
    keys = generate(algorithm)
    keysByRealm.set(realm, keys)
  }
  return keys
}

async function generate(algorithm: RefreshTokenAlgorithm): Promise<SigningKeys> {
  const [{ privateKey, publicKey }, secret] = await Promise.all([
    generateKeyPair('RS256', { modulusLength: 2048 }),
    generateSecret(algorithm),
  ])
  const exported = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(exported)
  const jwk = { kid, kty: 'RSA', alg: 'RS256', use: 'sig', n: exported.n ?? '', e: exported.e ?? '' }
  return { privateKey, publicKey, jwk, secret, secretKid: crypto.randomUUID() }
}
