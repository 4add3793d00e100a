import type { TokenStore, WriteOptions } from '@evergrant/core'

const registered: unique symbol = Symbol.for('@evergrant/server:kept-stores/1') as never

type KeptStores = WeakMap<TokenStore, Map<number, TokenStore>>

/**
 * The same store, which keeps no record longer than `keepMs`: sessions end, and what is left of them must not pile up.
 * For one store and time it is the same object, also where a bundler evaluates this module several times: the engine
 * shares flights between managers whose store is the same object.
 */
export function keptStore(store: TokenStore, keepMs: number): TokenStore {
  const holder = globalThis as { [registered]?: KeptStores }
  const all = (holder[registered] ??= new WeakMap())
  const ofStore = all.get(store) ?? new Map<number, TokenStore>()
  all.set(store, ofStore)
  let kept = ofStore.get(keepMs)
  if (kept === undefined) ofStore.set(keepMs, (kept = withKeep(store, keepMs)))
  return kept
}

function withKeep(store: TokenStore, keepMs: number): TokenStore {
  return {
    read: key => store.read(key),
    write: (key, payload, options: WriteOptions) =>
      store.write(key, payload, { ...options, keepMs: Math.min(options.keepMs ?? keepMs, keepMs) }),
    ...(store.watch && { watch: listener => store.watch?.(listener) as Disposable }),
    ...(store.remove && { remove: async (key, options) => (await store.remove?.(key, options)) ?? false }),
    ...(store.keys && { keys: () => store.keys?.() as AsyncIterable<string> }),
  }
}
