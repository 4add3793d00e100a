import type { AccessTokenSource, AuthorizedRequest } from './access-token-source.ts'
import { drop } from './bounded-body.ts'
import { replayable } from './replayable-body.ts'
import type { Replayable } from './request-copy.ts'

/**
 * Makes a `fetch` that authorizes, sends and settles: at most one replay for each call, and only if the body can be
 * sent again. Redirects follow the caller's `redirect`; the platform takes `Authorization` off when one leaves the origin.
 */
export function createAuthorizedFetch(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  send: typeof globalThis.fetch,
): typeof globalThis.fetch {
  return createAuthorizedFetchWith(replayable, source, send)
}

/** As `createAuthorizedFetch`; `prepare` decides what of a body is kept for a replay. */
export function createAuthorizedFetchWith(
  prepare: (input: string | URL | Request, init: RequestInit | undefined) => Promise<Replayable>,
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  send: typeof globalThis.fetch,
): typeof globalThis.fetch {
  return async (input, init) => {
    const given = input instanceof Request ? input : undefined
    const url = input instanceof Request ? input.url : input
    const target = { url, method: init?.method ?? given?.method ?? 'GET' }
    const signal = init?.signal ?? given?.signal
    const authorize = (replayOf?: AuthorizedRequest): Promise<AuthorizedRequest> =>
      source.authorize(target, { signal, replayOf })
    const first = await authorize()
    const request = await prepare(input, init)
    const response = await send(first.url, withHeaders(request.init(), first.headers))
    // A redirect led elsewhere without the token: what stands there says nothing about it.
    if (isForeign(response, first.url)) return response
    if (source.settle(first, response) === 'done' || !request.canReplay) return response
    const second = await authorize(first).catch((error: unknown) => {
      drop(response.body)
      throw error
    })
    // There is no newer token, because the exchange failed: the refusal stands, and would come again.
    if (isSameToken(first, second)) return response
    // The refused answer is dropped unread, or its connection would stay busy.
    drop(response.body)
    const replayed = await send(second.url, withHeaders(request.init(), second.headers))
    if (!isForeign(replayed, second.url)) source.settle(second, replayed)
    return replayed
  }
}

function isForeign(response: Response, url: string): boolean {
  return (
    response.redirected && URL.canParse(response.url) && new URL(response.url).origin !== new URL(url).origin
  )
}

/** Tells whether an attempt would send the very token of another one: there is no newer one. Pure. */
export function isSameToken(first: AuthorizedRequest, second: AuthorizedRequest): boolean {
  const token = first.headers.get('authorization')
  return token !== null && token === second.headers.get('authorization')
}

function withHeaders(init: RequestInit, added: Headers): RequestInit {
  const headers = new Headers(init.headers)
  for (const [name, value] of added) headers.set(name, value)
  return { ...init, headers }
}
