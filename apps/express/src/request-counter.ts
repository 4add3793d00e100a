import type { TokenManager } from '@evergrant/core'

/** Counts the requests to token endpoints, one count for each manager that it watches. */
export class RequestCounter {
  readonly #counts = new WeakMap<TokenManager, number>()

  watch(tokens: TokenManager): void {
    tokens.subscribe(({ type }) => {
      if (type === 'exchange-started') this.#counts.set(tokens, this.of(tokens) + 1)
    })
  }

  of(tokens: TokenManager): number {
    return this.#counts.get(tokens) ?? 0
  }
}
