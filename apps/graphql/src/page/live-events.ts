import type { TokensName } from '../settings.ts'

/** What the server's event route sends. */
export interface LiveMessage {
  readonly event?: unknown
  readonly explanation: unknown
}

/** Which sign-ins to hear of. */
export type SignInIds = Readonly<Record<TokensName, string | undefined>>

/** What happens to the tokens on the server, of both kinds of sessions over one connection. */
export class LiveEvents {
  readonly #listeners: Record<TokensName, Set<(message: LiveMessage) => void>> = {
    proxy: new Set(),
    mediated: new Set(),
  }

  readonly subscribe = (name: TokensName, listener: (message: LiveMessage) => void): (() => void) => {
    this.#listeners[name].add(listener)
    return () => void this.#listeners[name].delete(listener)
  }

  /** Listens while the page is visible; returns the function that ends it. Hidden tabs would use connections up. */
  readonly listen = (ids: SignInIds): (() => void) => {
    const query = queryOf(ids)
    let source: EventSource | undefined
    const look = (): void => {
      const isWanted = query !== '' && document.visibilityState === 'visible'
      if (isWanted && source === undefined) source = this.#open(query)
      if (isWanted || source === undefined) return
      source.close()
      source = undefined
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      source?.close()
    }
  }

  #open(query: string): EventSource {
    const source = new EventSource(`/api/events?${query}`)
    source.addEventListener('token', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as LiveMessage & { readonly name: TokensName }
      for (const listener of this.#listeners[message.name]) listener(message)
    })
    return source
  }
}

/** The sign-ins as the query of the event route; empty: nobody is signed in. */
export function queryOf(ids: SignInIds): string {
  const known = Object.entries(ids).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URLSearchParams(known).toString()
}
