/** Counts what is under way, so that others can wait until nothing is. */
export class UnderWay {
  #count = 0
  #waiting: (() => void)[] = []

  get isAny(): boolean {
    return this.#count > 0
  }

  /** Something begins; returns the function that ends it. */
  enter(): () => void {
    this.#count++
    return () => {
      this.#count--
      if (this.#count === 0) for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  /** Resolves once nothing is under way. */
  none(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise(resolve => void this.#waiting.push(resolve))
  }
}
