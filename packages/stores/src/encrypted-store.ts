import { ConfigurationError } from '@evergrant/core'
import type { Stored, TokenStore, WriteOptions, WriteResult } from '@evergrant/core'
import { keyProblems, KeyRing } from '@evergrant/core/record'
import { seal, unseal } from './sealed-payload.ts'

/** Options of {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /**
   * The first key encrypts, all of them decrypt; a record is encrypted with the first one when it is next written. Each
   * at least 32 characters, such as `node -p "crypto.randomBytes(32).toString('base64url')"` prints.
   */
  readonly keys: string | readonly string[]
}

/**
 * Encrypts what another store keeps: AES-256-GCM, with a key derived for each credential. Etags, ages and keys stay
 * readable; concurrency is the inner store's. Make one for each store, and share it.
 * Reading and writing throw a `StoreError` (`store_schema_unknown`) where a record cannot be decrypted; it is left alone.
 * @throws {ConfigurationError} `store` is none, or a key is missing, short, not random or there twice
 * @see docs/stores/encrypted.md, RFC 5116, RFC 5869
 */
export function encryptedStore(store: TokenStore, options: EncryptedStoreOptions): TokenStore {
  const given: unknown = (options as Partial<EncryptedStoreOptions> | undefined)?.keys
  const keys: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  const problems = [...storeProblems(store), ...keyProblems(keys)]
  if (problems.length > 0) throw new ConfigurationError('encryptedStore cannot work', problems)
  const ring = new KeyRing(keys as readonly string[], 'evergrant token record')
  return {
    read: async key => opened(ring, key, await store.read(key)),
    write: (key, payload, how) => write(store, ring, { key, payload }, how),
    ...(store.watch && { watch: listener => store.watch?.(listener) as Disposable }),
    ...(store.remove && { remove: async (key, how) => (await store.remove?.(key, how)) ?? false }),
    ...(store.keys && { keys: () => store.keys?.() as AsyncIterable<string> }),
  }
}

async function write(
  store: TokenStore,
  ring: KeyRing,
  { key, payload }: { readonly key: string; readonly payload: string },
  options: WriteOptions,
): Promise<WriteResult> {
  const result = await store.write(key, await seal(ring, key, payload), options)
  return result.ok ? result : { ok: false, current: await opened(ring, key, result.current) }
}

async function opened(ring: KeyRing, key: string, stored: Stored | undefined): Promise<Stored | undefined> {
  return stored && { ...stored, payload: await unseal(ring, key, stored.payload) }
}

function storeProblems(store: unknown): string[] {
  const { read, write: writes } = (store ?? {}) as Partial<Record<'read' | 'write', unknown>>
  const isStore = typeof read === 'function' && typeof writes === 'function'
  return isStore ? [] : ['store must be a TokenStore, such as redisStore(client).']
}
