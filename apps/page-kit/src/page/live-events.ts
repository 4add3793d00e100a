/** What the server's event route sends. */
export interface LiveMessage {
  readonly event?: unknown
  readonly explanation: unknown
}

/** Which sign-ins to hear of. */
export type SignInIds<Name extends string> = Readonly<Record<Name, string | undefined>>

type Listener = (message: LiveMessage) => void

/** What happens to the tokens on the server, of all sessions of the page over one connection. */
export class LiveEvents<Name extends string> {
  readonly #listeners = new Map<string, Set<Listener>>()

  readonly subscribe = (name: Name, listener: Listener): (() => void) => {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Listens while the page is visible; returns the function that ends it. Hidden tabs would use connections up. */
  readonly listen = (ids: SignInIds<Name>): (() => void) => {
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
      const message = JSON.parse(data) as LiveMessage & { readonly name: string }
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message)
    })
    return source
  }
}

/** The sign-ins as the query of the event route; empty: nobody is signed in. */
export function queryOf(ids: SignInIds<string>): string {
  const known = Object.entries(ids).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URLSearchParams(known).toString()
}
