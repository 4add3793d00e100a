import { create, isAxiosError } from 'axios'

/** Asks for a path below the API; resolves to the parsed body. */
export type Ask = (path: string, signal: AbortSignal) => Promise<unknown>

/** An answer that is no success. */
export class AnswerError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`The API answered ${status}.`)
    this.status = status
  }
}

/** Asks by the `fetch` of `useAuthorizedFetch`. */
export function byFetch(fetch: typeof globalThis.fetch): Ask {
  return async (path, signal) => {
    const response = await fetch(path, { signal })
    if (!response.ok) throw new AnswerError(response.status)
    return response.json() as Promise<unknown>
  }
}

/** Asks by axios, whose `fetch` adapter takes the same `fetch`: it says itself where a path leads. */
export function byAxios(fetch: typeof globalThis.fetch): Ask {
  // axios would make a `Request` first, whose URL is the page's and not the API's. Its types know no null here.
  const env = { fetch, Request: null as unknown as typeof Request }
  const client = create({ adapter: 'fetch', env })
  return async (path, signal) => {
    try {
      return (await client.get<unknown>(path, { signal })).data
    } catch (error) {
      if (isAxiosError(error) && error.response !== undefined) throw new AnswerError(error.response.status)
      // What the `fetch` rejected with says more than axios does.
      throw isAxiosError(error) && error.cause !== undefined ? error.cause : error
    }
  }
}
