import { isReplayable, isSameToken } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest } from '@evergrant/core/source'
import { AxiosHeaders, getAdapter } from 'axios'
import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { FinalUrls } from './final-urls.ts'
import { withoutToken } from './without-token.ts'

/** What an authorized adapter works with. */
export interface AuthorizedAdapterOptions {
  readonly source: Pick<AccessTokenSource, 'authorize' | 'settle'>
  readonly instance: Pick<AxiosInstance, 'getUri'>
  readonly finalUrls: FinalUrls
}

/** What axios makes of a cancel token. */
type CancelSignal = AbortSignal & { unsubscribe(): void }

/**
 * Wraps an adapter: authorizes, sends, settles, and sends at most once more. An adapter gets the body as it goes onto the
 * wire, so that nothing transforms it twice, and no interceptor runs again.
 */
export function authorizedAdapter(
  { source, instance, finalUrls }: AuthorizedAdapterOptions,
  given: InternalAxiosRequestConfig['adapter'],
): AxiosAdapter {
  const sendAuthorized = async (
    config: InternalAxiosRequestConfig,
    signal: AbortSignal | undefined,
  ): Promise<AxiosResponse> => {
    const adapter = getAdapter(given, { env: { fetch: finalUrls.fetch, ...config.env } })
    const target = { url: urlOf(instance, config), method: String(config.method).toUpperCase() }
    const authorize = (replayOf?: AuthorizedRequest): Promise<AuthorizedRequest> =>
      source.authorize(target, { signal, replayOf })
    const send = (attempt: AuthorizedRequest): Promise<AxiosResponse> =>
      // Who sends the config of an error again must not have this adapter in it twice.
      withoutToken(adapter(attemptOf(config, attempt)), { ...config, adapter: given } as typeof config)
    const settle = (attempt: AuthorizedRequest, { status, headers, request }: AxiosResponse): boolean =>
      // A redirect led elsewhere without the token: what stands there says nothing about it.
      !finalUrls.isForeign(request, attempt.url) &&
      source.settle(attempt, { status, headers: webHeaders(headers) }) === 'replay'

    const first = await authorize()
    const sent = send(first)
    const answer = await answerOf(sent)
    if (!settle(first, answer) || !isReplayable(config.data)) return sent
    const second = await authorize(first).catch((error: unknown) => {
      drop(answer.data)
      throw error
    })
    // There is no newer token: the refusal stands.
    if (isSameToken(first, second)) return sent
    drop(answer.data)
    const replayed = send(second)
    settle(second, await answerOf(replayed))
    return replayed
  }

  return config => {
    const cancelled = config.cancelToken?.toAbortSignal() as CancelSignal | undefined
    // One cancel token may serve many requests.
    return sendAuthorized(config, (config.signal as AbortSignal | undefined) ?? cancelled).finally(() =>
      cancelled?.unsubscribe(),
    )
  }
}

// A base that the page gave to axios may be a path of that page.
function urlOf(instance: Pick<AxiosInstance, 'getUri'>, config: InternalAxiosRequestConfig): string {
  const url = instance.getUri(config)
  const page = config.baseURL && globalThis.location?.href
  return page ? new URL(url, page).href : url
}

function attemptOf(
  { baseURL: _base, params: _params, auth, ...config }: InternalAxiosRequestConfig,
  { url, headers }: AuthorizedRequest,
): InternalAxiosRequestConfig {
  return {
    ...config,
    url,
    // It would take the place of the token.
    ...(!headers.has('authorization') && auth && { auth }),
    headers: config.headers.concat(Object.fromEntries(headers)),
  }
}

/** The answer, also where `validateStatus` makes an error of it. */
function answerOf(sent: Promise<AxiosResponse>): Promise<AxiosResponse> {
  return sent.catch((error: { readonly response?: AxiosResponse }) => {
    if (error.response) return error.response
    throw error
  })
}

function webHeaders(headers: AxiosResponse['headers']): Headers {
  return new Headers(AxiosHeaders.from(headers as AxiosHeaders).toJSON(true))
}

/** Gives up a body that is a stream, so that its connection is free again. */
function drop(data: unknown): void {
  if (data instanceof ReadableStream) data.cancel().catch(() => undefined)
  else (data as { destroy?: () => void } | undefined)?.destroy?.()
}
