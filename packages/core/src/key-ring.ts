const shortest = 32

/** Says what is wrong with keys, one sentence each, without showing one. */
export function keyProblems(keys: readonly unknown[]): string[] {
  if (!Array.isArray(keys) || keys.length === 0) return ['keys must hold at least one key.']
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

/** Keys that seal: the newest seals, all open. Holds no key in a readable form. */
export class KeyRing {
  readonly #secrets: readonly string[]
  readonly #salt: string
  readonly #materials = new Map<string, Promise<CryptoKey>>()
  #ids: Promise<ReadonlyMap<string, string>> | undefined

  /** `salt` names what the keys are for: one and the same secret gives other keys for another use. */
  constructor(secrets: readonly string[], salt: string) {
    this.#secrets = secrets
    this.#salt = salt
  }

  /** The id of the key that seals. */
  async newestId(): Promise<string> {
    const [first] = (await this.#byId()).keys()
    if (first === undefined) throw new Error('The key ring is empty.')
    return first
  }

  /**
   * A key for one purpose, derived from the key with that id; undefined: the ring does not hold it (any more). A key of
   * its own for every session or credential keeps the number of messages under one AES-GCM key small.
   * @see RFC 5869
   */
  async derive(id: string, purpose: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const secret = (await this.#byId()).get(id)
    if (secret === undefined) return undefined
    const info = bytes(purpose)
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: bytes(this.#salt), info }
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, await this.#material(secret), 256))
  }

  #material(secret: string): Promise<CryptoKey> {
    let material = this.#materials.get(secret)
    if (material === undefined) {
      material = crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveBits'])
      this.#materials.set(secret, material)
    }
    return material
  }

  #byId(): Promise<ReadonlyMap<string, string>> {
    this.#ids ??= Promise.all(this.#secrets.map(async secret => [await idOf(secret), secret] as const)).then(
      entries => new Map(entries),
    )
    return this.#ids
  }
}

async function idOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes(`evergrant key id ${secret}`))
  return Array.from(new Uint8Array(digest, 0, 6), byte => byte.toString(16).padStart(2, '0')).join('')
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
