/** Hears that a key changed, or that some changes may have been missed. */
export type Listener = (key: string | undefined) => void

/** The listeners of a store. What one of them throws reaches nobody. */
export class Listeners {
  readonly #all = new Set<Listener>()

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  add(listener: Listener): Disposable {
    // A wrapper of its own, so that one function can watch twice.
    const entry: Listener = key => listener(key)
    this.#all.add(entry)
    return { [Symbol.dispose]: () => void this.#all.delete(entry) }
  }

  tell(key: string | undefined): void {
    for (const listener of this.#all) {
      try {
        listener(key)
      } catch {
        // A hint: whoever hears it cannot make it fail for the others.
      }
    }
  }
}
