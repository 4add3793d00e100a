import type { AccessTokenSource } from '@evergrant/core/source'
import type { RequestMiddleware } from 'graphql-request'

/**
 * Makes a `requestMiddleware` that only attaches the access token, for clients whose `fetch` is taken: graphql-request
 * ignores what a middleware could do about an answer, so a refusal comes back as it is. Concurrent requests share one
 * refresh.
 * @throws whatever `source.authorize` throws, from the request
 */
export function accessTokenMiddleware(source: Pick<AccessTokenSource, 'authorize'>): RequestMiddleware {
  return async request => {
    const { url, method = 'POST', signal } = request
    const authorized = await source.authorize({ url, method }, { signal: signal ?? undefined })
    const headers = new Headers(request.headers)
    for (const [name, value] of authorized.headers) headers.set(name, value)
    return { ...request, url: authorized.url, headers }
  }
}
