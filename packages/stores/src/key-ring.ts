const shortest = 32

/** Says what is wrong with keys, one sentence each, without showing one. */
export function keyProblems(keys: readonly unknown[]): string[] {
  if (keys.length === 0) return ['keys must hold at least one key.']
  const problems = keys.flatMap((key, index) => {
    if (typeof key !== 'string' || key.length < shortest) {
      return [`keys[${index}] must be a text of at least ${shortest} characters.`]
    }
    // A phrase of few different characters was typed, not drawn.
    return new Set(key).size < 10 ? [`keys[${index}] must be random: it repeats few characters.`] : []
  })
  if (new Set(keys).size < keys.length) problems.push('keys must all differ.')
  return problems
}

/** Keys that encrypt: the newest encrypts, all decrypt. Holds no derived key longer than one use needs it. */
export class KeyRing {
  readonly #materials: Promise<ReadonlyMap<string, CryptoKey>>

  constructor(secrets: readonly string[]) {
    this.#materials = Promise.all(
      secrets.map(async secret => [await idOf(secret), await materialOf(secret)] as const),
    ).then(entries => new Map(entries))
    // Told to whoever uses the ring.
    this.#materials.catch(() => undefined)
  }

  /** The id of the key that encrypts. */
  async newestId(): Promise<string> {
    const [first = ''] = (await this.#materials).keys()
    return first
  }

  /**
   * A key for one purpose, derived from the key with that id; undefined: the ring does not hold it (any more). A key of
   * its own for every credential keeps the number of messages under one AES-GCM key small.
   * @see RFC 5869
   */
  async derive(id: string, purpose: string): Promise<CryptoKey | undefined> {
    const material = (await this.#materials).get(id)
    if (material === undefined) return undefined
    const parameters = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: bytes('evergrant token record'),
      info: bytes(purpose),
    }
    return crypto.subtle.deriveKey(parameters, material, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])
  }
}

function materialOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveKey'])
}

async function idOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes(`evergrant key id ${secret}`))
  return Array.from(new Uint8Array(digest, 0, 6), byte => byte.toString(16).padStart(2, '0')).join('')
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
