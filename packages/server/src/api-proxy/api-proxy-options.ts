import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { logFaults } from '../log-faults.ts'
import { originProblems } from '../request-guard.ts'
import type { SessionSource } from '../request-session.ts'
import { isSessionSource } from '../session-source.ts'
import { createTransport as createFetchTransport } from '../transport/fetch-transport.ts'
import type { Transport } from '../transport/transport.ts'
import { createTransport } from '#transport'
import { parseAllowList } from './allow-list.ts'
import type { AllowedRequest } from './allow-list.ts'
import { targetBase, targetProblems } from './proxy-target.ts'
import type { BodyLimits } from './request-body.ts'
import { passedHeaderNames, requestHeaderProblems } from './request-headers.ts'

/**
 * Where the access token of a request comes from: the request's session, the application's own source, or a function
 * that finds one.
 */
export type ProxyTokenSource =
  SessionSource | AccessTokenSource | ((request: Request) => AccessTokenSource | Promise<AccessTokenSource>)

/** Options of {@link createApiProxyHandler}. */
export interface ApiProxyOptions {
  /** The API's base URL, absolute. Paths are appended to it; https, or this machine. */
  readonly target: string
  /**
   * What may be asked of the API, as `'METHOD path'`: `'GET vehicles/*'`, `'POST commands'`, `'GET files/**'`.
   * `*` is one segment, `**` the rest, at least one. GET allows HEAD. Everything else is answered 404 or 405.
   */
  readonly allow: readonly string[]
  /**
   * Decides who may use the proxy, after the request was found to come from a page of this site. Only `true` opens;
   * else 403. Required for a source of the application, and without a default there: any visitor could use its token.
   */
  readonly authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined
  /** The path that the proxy lives below, such as `/api/travis`. Default: the root. */
  readonly prefix?: string | undefined
  /** Names of headers of the request to pass on, beside the standard ones. Default none. */
  readonly requestHeaders?: readonly string[] | undefined
  /** How much of a request's body is kept for a second sending, in bytes. Default 262 144. */
  readonly replayBufferBytes?: number | undefined
  /** The longest body of a request, in bytes; above it 413. Default: no limit. */
  readonly maxBodyBytes?: number | undefined
  /**
   * How long the API may take until its headers, in milliseconds; then 504. Default 30 000. Bodies have no limit, and
   * neither have requests that accept `text/event-stream`.
   */
  readonly timeoutMs?: number | undefined
  /** The origins that pages may send from. Default: the request's own. */
  readonly origins?: readonly string[] | undefined
  /** Sends the requests. Default: the runtime's own way; on Node.js without decoding anything. */
  readonly send?: typeof globalThis.fetch | undefined
  /** Returns the time in epoch milliseconds, for `Retry-After`. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Receives every error that is answered, whole: the place to log it. Default: those that only you can mend are printed. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/** The options as the handler uses them. */
export interface ResolvedProxy {
  readonly base: URL
  readonly allowed: readonly AllowedRequest[]
  readonly authorize: ApiProxyOptions['authorize']
  readonly prefix: string
  readonly headerNames: readonly string[]
  readonly limits: BodyLimits
  readonly timeoutMs: number
  readonly origins: readonly string[] | undefined
  readonly transport: Transport
  readonly now: () => number
  readonly onError: (error: unknown, request: Request) => void
}

/**
 * Checks the options and fills in the defaults.
 * @throws {ConfigurationError} they cannot work; every fault is named
 */
export function resolveProxyOptions(source: ProxyTokenSource, options: ApiProxyOptions): ResolvedProxy {
  const { allowed, problems } = parseAllowList(options.allow)
  const faults = [...sourceProblems(source, options), ...targetProblems(options.target), ...problems]
  faults.push(...requestHeaderProblems(options.requestHeaders ?? []), ...originProblems(options.origins))
  faults.push(...valueProblems(options))
  if (faults.length > 0) throw new ConfigurationError('createApiProxyHandler cannot work', faults)
  const { requestHeaders = [], replayBufferBytes = 262_144, maxBodyBytes, timeoutMs = 30_000 } = options
  const transport = options.send === undefined ? createTransport() : createFetchTransport(options.send)
  return {
    base: targetBase(options.target),
    allowed,
    authorize: options.authorize,
    prefix: options.prefix ?? '',
    headerNames: passedHeaderNames(requestHeaders, transport.isRaw),
    limits: { replayBufferBytes, maxBodyBytes },
    timeoutMs,
    origins: options.origins,
    transport,
    now: options.now ?? Date.now,
    onError: options.onError ?? logFaults,
  }
}

function sourceProblems(source: ProxyTokenSource, { authorize }: ApiProxyOptions): string[] {
  if (authorize !== undefined && typeof authorize !== 'function') {
    return ['authorize must be a function that takes the request and says whether it may pass.']
  }
  if (typeof source === 'function' || isSessionSource(source)) return []
  if (typeof (source as Partial<AccessTokenSource> | undefined)?.authorize !== 'function') {
    return [
      'The source must be sessions, an AccessTokenSource, or a function that returns one for a request.',
    ]
  }
  if (authorize !== undefined) return []
  return ['authorize is required, because without it any visitor could use the token of the application.']
}

function valueProblems(options: ApiProxyOptions): string[] {
  const { prefix, replayBufferBytes = 0, maxBodyBytes = 1, timeoutMs = 1 } = options
  const problems: string[] = []
  if (prefix !== undefined && !isPrefix(prefix)) {
    problems.push(
      'prefix must be a path with a slash at its beginning and none at its end, such as /api/travis.',
    )
  }
  if (!Number.isSafeInteger(replayBufferBytes) || replayBufferBytes < 0) {
    problems.push('replayBufferBytes must be a whole number of bytes, 0 or more.')
  }
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) {
    problems.push('maxBodyBytes must be a whole number of bytes above 0.')
  }
  if (!(timeoutMs > 0 && timeoutMs <= 2 ** 31 - 1)) {
    problems.push('timeoutMs must be a number of milliseconds above 0 and below 2 147 483 648.')
  }
  return problems
}

function isPrefix(prefix: string): boolean {
  return prefix === '' || (typeof prefix === 'string' && /^(\/[^/?#\\\s]+)+$/.test(prefix))
}
