import { toSource } from '@evergrant/core/source'
import type { AccessTokenSource, GetAccessToken, PlainSourceOptions } from '@evergrant/core/source'
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { authorizedAdapter } from './authorized-adapter.ts'
import { createFinalUrls } from './final-urls.ts'

/** Options of {@link attachAccessToken}. */
export interface AttachOptions extends Pick<PlainSourceOptions, 'baseUrl' | 'origins' | 'allowInsecureHttp'> {
  /** Which requests get a token, as in axios' own interceptors. Default: all. */
  readonly runWhen?: ((config: InternalAxiosRequestConfig) => boolean) | undefined
}

/**
 * Puts a fresh access token on every request of an axios instance; a request that is refused with 401 is sent once more
 * with a newer token. Concurrent requests share one refresh, and none waits that need not. The token replaces
 * `Authorization` and `auth`. For a plain function, tokens go to `baseUrl` and `origins`, by default to the instance's
 * `baseURL`. Returns a function that takes the interceptor off again.
 * @throws {ConfigurationError} a plain function whose tokens have nowhere to go, or origins beside a source
 * @example
 * const detach = attachAccessToken(axios.create({ baseURL: 'https://api.example.com/v1/' }), tokens)
 */
export function attachAccessToken(
  instance: AxiosInstance,
  source: AccessTokenSource | GetAccessToken,
  options: AttachOptions = {},
): () => void {
  const { baseUrl = options.origins ? undefined : instance.defaults.baseURL, runWhen } = options
  const parts = { source: toSource(source, { ...options, baseUrl }), instance, finalUrls: createFinalUrls() }
  const id = instance.interceptors.request.use(
    config => ({ ...config, adapter: authorizedAdapter(parts, config.adapter) }),
    undefined,
    { synchronous: true, ...(runWhen && { runWhen }) },
  )
  return () => instance.interceptors.request.eject(id)
}
