import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { ConfigurationError } from '@evergrant/core/source'
import { directory } from './api-targets.ts'
import type { BrowserApi } from './api-targets.ts'
import type { BrowserEvent } from './browser-event.ts'
import { globals } from './platform.ts'
import type { PageEvents, TabChannel, TabLocks } from './platform.ts'

/** Options of {@link createBrowserTokens}. */
export interface BrowserTokensOptions {
  /** Where the auth routes of `@evergrant/server` live, on this site. Default `/api/auth`. */
  readonly endpoint?: string | undefined
  /** Where the API proxy of `@evergrant/server` lives, such as `/api/travis/`. Needed by `fetch` in proxy mode. */
  readonly proxy?: string | undefined
  /** The API itself. Needed by `fetch` in mediated mode; in proxy mode its URLs lead to the proxy. */
  readonly api?: BrowserApi | undefined
  /** Sends the requests. Default: the page's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How long another tab that holds the lock is waited for, in milliseconds. Default 5000. */
  readonly lockTimeoutMs?: number | undefined
  /** How long one request to an auth route may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined
  /** Receives what happens, without secrets. What it throws is ignored. */
  readonly onEvent?: ((event: BrowserEvent) => void) | undefined
  /** Time. Default: the page's. */
  readonly clock?: Clock | undefined
  /** A number from 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Makes the channel to the other tabs; `null`: none. Default `BroadcastChannel`, where the page knows it. */
  readonly channel?: ((name: string) => TabChannel) | null | undefined
  /** Keeps tabs from asking at once; `null`: nothing does. Default `navigator.locks`, where the page knows it. */
  readonly locks?: TabLocks | null | undefined
  /** Whose events wake the tokens up. Default `window`. */
  readonly page?: PageEvents | undefined
}

/**
 * Checks what can be checked where no page exists yet.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 */
export function checkOptions({ api, lockTimeoutMs, timeoutMs }: BrowserTokensOptions): void {
  const problems: string[] = []
  if (api !== undefined && !isHttp(api.baseUrl)) problems.push('api.baseUrl must be an absolute http URL.')
  for (const origin of api?.origins ?? []) {
    if (!isHttp(origin) || new URL(origin).origin !== origin)
      problems.push('api.origins must be origins, without a path.')
  }
  if (!((lockTimeoutMs ?? 1) >= 0)) problems.push('lockTimeoutMs must be 0 or more.')
  if (!((timeoutMs ?? 1) > 0)) problems.push('timeoutMs must be more than 0.')
  if (problems.length > 0) throw new ConfigurationError('createBrowserTokens cannot work', problems)
}

/** The options as they are used. What only a page has is looked up when it is needed. */
export interface ResolvedOptions {
  readonly endpoint: string
  readonly proxy: string | undefined
  readonly api: BrowserApi | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly send: typeof globalThis.fetch
  readonly createChannel: ((name: string) => TabChannel) | undefined
  readonly locks: () => TabLocks | undefined
  readonly lockTimeoutMs: number
  readonly timeoutMs: number
}

/** Fills in the defaults. */
export function resolveOptions(options: BrowserTokensOptions): ResolvedOptions {
  const { channel, locks } = options
  const Channel = globals.BroadcastChannel
  const ownChannel = Channel && ((name: string) => new Channel(name))
  return {
    endpoint: options.endpoint ?? '/api/auth',
    proxy: options.proxy,
    api: options.api,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    send: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    createChannel: channel === undefined ? ownChannel : (channel ?? undefined),
    locks: () => (locks === undefined ? globals.navigator?.locks : (locks ?? undefined)),
    lockTimeoutMs: options.lockTimeoutMs ?? 5000,
    timeoutMs: options.timeoutMs ?? 10_000,
  }
}

/**
 * Resolves a path of this site.
 * @throws {ConfigurationError} there is no page whose URL it could be relative to
 */
export function siteUrl(path: string): URL {
  const base = globals.location?.href
  if (!URL.canParse(path, base)) {
    throw new ConfigurationError('createBrowserTokens works in a page', [
      `${path} cannot be resolved here. On a server, use the sessions of @evergrant/server.`,
    ])
  }
  return directory(path, base)
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
