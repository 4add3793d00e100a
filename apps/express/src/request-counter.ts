import type { TokenManager } from '@evergrant/core'

/** How often a manager asked its token endpoint, and got a new access token. */
export interface RequestCounts {
  readonly tokenRequests: number
  readonly refreshes: number
  readonly regrants: number
}

const none: RequestCounts = { tokenRequests: 0, refreshes: 0, regrants: 0 }

/** Counts since the gateway started, for each manager that it watches. */
export class RequestCounter {
  readonly #counts = new WeakMap<TokenManager, RequestCounts>()

  watch(tokens: TokenManager): void {
    tokens.subscribe(event => {
      if (event.type === 'exchange-started') this.#add(tokens, 'tokenRequests')
      if (event.type !== 'token-obtained') return
      if (event.rung === 'refresh-token') this.#add(tokens, 'refreshes')
      if (event.rung === 're-grant') this.#add(tokens, 'regrants')
    })
  }

  of(tokens: TokenManager): RequestCounts {
    return this.#counts.get(tokens) ?? none
  }

  #add(tokens: TokenManager, name: keyof RequestCounts): void {
    const counts = this.of(tokens)
    this.#counts.set(tokens, { ...counts, [name]: counts[name] + 1 })
  }
}
