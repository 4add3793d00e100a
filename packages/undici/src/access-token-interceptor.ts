import { ConfigurationError, OriginNotAllowedError, toSource } from '@evergrant/core/source'
import type { AccessTokenSource, GetAccessToken, PlainSourceOptions } from '@evergrant/core/source'
import type { Dispatcher } from 'undici'
import { AuthorizedDispatch } from './authorized-dispatch.ts'

/** Options of {@link accessTokenInterceptor}: where the tokens of a plain function may go. */
export type AccessTokenInterceptorOptions = Pick<
  PlainSourceOptions,
  'baseUrl' | 'origins' | 'allowInsecureHttp'
>

/**
 * Makes an interceptor for `dispatcher.compose` that puts a fresh access token on every request; one that is refused with
 * 401 is sent once more with a newer token. Concurrent requests share one refresh, and none waits that need not. The
 * token replaces `Authorization`. Upgrades and `CONNECT` pass untouched. Compose `interceptors.redirect` before it.
 * @throws {ConfigurationError} a plain function whose tokens have nowhere to go, or origins beside a source
 * @example
 * const api = new Agent().compose(interceptors.redirect({ maxRedirections: 5 }), accessTokenInterceptor(tokens))
 * const { body } = await request('https://api.example.com/v1/things', { dispatcher: api })
 */
export function accessTokenInterceptor(
  source: AccessTokenSource | GetAccessToken,
  options: AccessTokenInterceptorOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  const tokens = toSource(source, options)
  return (dispatch: Dispatcher.Dispatch, boundTo?: unknown) => (given, handler) => {
    // undici refuses handlers of older versions itself.
    const isModern = typeof handler.onRequestStart === 'function'
    if (given.upgrade || given.method === 'CONNECT' || !isModern) return dispatch(given, handler)
    const origin = originOf(given, boundTo)
    new AuthorizedDispatch(tokens, dispatch, { ...given, origin }, handler).start()
    return true
  }
}

// A Client or Pool connects to its own origin, whatever a request says. undici 8 tells which that is.
function originOf({ origin }: Dispatcher.DispatchOptions, boundTo: unknown): string {
  if (origin === undefined) {
    throw new ConfigurationError('The access token cannot be sent', [
      'Nothing says where the request goes: name its origin, or compose an Agent.',
    ])
  }
  const named = new URL(origin).origin
  if (typeof boundTo === 'string' && boundTo !== named) {
    throw new OriginNotAllowedError(
      `This dispatcher connects to ${boundTo}, and the request is for ${named}. Nothing was sent.`,
    )
  }
  return named
}
