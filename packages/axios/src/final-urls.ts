type Fetch = (input: URL | Request | string, init?: RequestInit) => Promise<Response>

/** Tells where redirects led to. */
export interface FinalUrls {
  /** The platform's fetch, which remembers: what axios' fetch adapter returns does not tell. */
  readonly fetch: Fetch
  /** Tells whether an answer came from another origin than `url`. False, where nobody can tell. */
  readonly isForeign: (request: unknown, url: string) => boolean
}

export function createFinalUrls(): FinalUrls {
  const urls = new WeakMap<object, string>()
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      urls.set(input as object, response.url)
      return response
    },
    isForeign: (request, url) => {
      const { res, responseURL } = (request ?? {}) as { res?: { responseUrl?: string }; responseURL?: string }
      const final = urls.get(request as object) || res?.responseUrl || responseURL || url
      return new URL(final).origin !== new URL(url).origin
    },
  }
}
