import type { TokenStore } from './store.ts'

/** Something that can be told that its record may have changed. */
export interface Watcher {
  markStale(): void
}

/**
 * Passes a store's hints on to the credentials of this process, through one subscription. Credentials are held weakly,
 * so that one nobody uses any more costs nothing.
 */
export class StaleWatch {
  readonly #byKey = new Map<string, Set<WeakRef<Watcher>>>()
  readonly #collected = new FinalizationRegistry<{ key: string; reference: WeakRef<Watcher> }>(
    ({ key, reference }) => this.#forget(key, reference),
  )

  constructor(store: TokenStore) {
    store.watch?.(key => this.#tell(key))
  }

  add(key: string, watcher: Watcher): void {
    const reference = new WeakRef(watcher)
    const references = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, references.add(reference))
    this.#collected.register(watcher, { key, reference })
  }

  #tell(key: string | undefined): void {
    const told = key === undefined ? [...this.#byKey.values()] : [this.#byKey.get(key) ?? []]
    for (const references of told) for (const reference of references) reference.deref()?.markStale()
  }

  #forget(key: string, reference: WeakRef<Watcher>): void {
    const references = this.#byKey.get(key)
    references?.delete(reference)
    if (references?.size === 0) this.#byKey.delete(key)
  }
}
