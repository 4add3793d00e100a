import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { ConfigurationError } from '@evergrant/core/source'
import { methodNotAllowedAnswer, refusalAnswer } from './error-answer.ts'
import type { ErrorOutline } from './error-answer.ts'
import { EventStream } from './event-stream.ts'
import type { EventSourceManager } from './event-stream.ts'
import { checkRequestOrigin, originProblems } from './request-guard.ts'

/** Managers by name; undefined: there is none at the moment. */
export type EventSources = Readonly<Record<string, EventSourceManager | undefined>>

/** Options of {@link createEventRoute}. */
export interface EventRouteOptions {
  /**
   * The managers by the name that their events carry. A function finds those of one client, such as the tokens of its
   * session (`sessions.for(request).observe()`); names without a manager are left out.
   */
  readonly sources:
    | Readonly<Record<string, EventSourceManager>>
    | ((request: Request) => EventSources | Promise<EventSources>)
  /**
   * Decides who may listen. Runs for every client before anything is sent; a promise is awaited. It has no default:
   * events hold no secret, but they tell which servers you use and when their answers fail.
   */
  readonly authorize: (request: Request) => boolean | Promise<boolean>
  /** Whether the route exists. Default `false`: it answers 404, and `authorize` is not called. */
  readonly isEnabled?: boolean | undefined
  /** How often a comment is sent, so that proxies keep the connection, in milliseconds. Default 15 000. */
  readonly keepAliveMs?: number | undefined
  /** The most clients at a time; one more is answered 503. Default 100. */
  readonly maxClients?: number | undefined
  /** The origins of your pages, where a proxy in front changes the `Host` header. Default: the request's own origin. */
  readonly origins?: readonly string[] | undefined
  /** Time and timers. Default: the platform's. */
  readonly clock?: Clock | undefined
}

/**
 * Makes a handler that streams what happens to credentials as server-sent events: `event: token` with the JSON
 * `{ name, event, explanation }`. On connecting, a client gets the `explain()` of each source, without an `event`.
 * Neither holds a token or a secret.
 * It subscribes while a client listens, and keeps nothing between clients: who reconnects gets explanations, not the
 * past. A client that leaves more than 256 KiB unread is dropped.
 * Answers JSON: 403 if `authorize` says no or the page of another site asks, 404 if it is not enabled, 405 for other
 * methods than GET and HEAD, 503 if there are too many clients. Rejects with what `authorize` throws.
 * @throws {ConfigurationError} `authorize` is no function, a source is no token manager, an origin is none, or a
 * number is not above 0
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEventRoute(options: EventRouteOptions): (request: Request) => Promise<Response> {
  assertOptions(options)
  const { sources, authorize, isEnabled = false, origins, clock = systemClock } = options
  const { keepAliveMs = 15_000, maxClients = 100 } = options
  const clients = new Set<object>()
  const listen = async (request: Request): Promise<Response> => {
    const found = present(typeof sources === 'function' ? await sources(request) : sources)
    const { method, signal } = request
    if (clients.size >= maxClients) return refusalAnswer(tooManyClients)
    // Whoever left while `authorize` thought about it is not subscribed.
    if (method === 'HEAD' || signal.aborted) return new Response(null, { headers })
    const client = {}
    clients.add(client)
    const onClose = (): void => void clients.delete(client)
    const stream = new EventStream({ sources: found, keepAliveMs, clock, signal, onClose })
    return new Response(stream.body, { headers })
  }
  return async request => {
    if (!isEnabled) return refusalAnswer(notFound)
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowedAnswer(['GET', 'HEAD'])
    const refusal = checkRequestOrigin(request, origins)
    if (refusal !== undefined) return refusalAnswer(refusal)
    // Not merely truthy: an unawaited promise or an object must not open the door.
    const isAllowed: unknown = await authorize(request)
    return isAllowed === true ? listen(request) : refusalAnswer(notAuthorized)
  }
}

function present(sources: EventSources): Readonly<Record<string, EventSourceManager>> {
  const entries = Object.entries(sources).filter(([, source]) => source !== undefined)
  return Object.fromEntries(entries) as Record<string, EventSourceManager>
}

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would hold events back until its buffer is full.
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
}

const notFound: ErrorOutline = { status: 404, code: 'not_found', message: 'Nothing is served here.' }

const notAuthorized: ErrorOutline = {
  status: 403,
  code: 'not_authorized',
  message: 'You may not listen to these events.',
}

const tooManyClients: ErrorOutline = {
  status: 503,
  code: 'too_many_clients',
  message: 'Too many clients listen. Try again later.',
  retryAfterSeconds: 5,
}

function assertOptions(options: EventRouteOptions): void {
  const { sources, authorize, keepAliveMs = 1, maxClients = 1, origins } = options
  const problems: string[] = []
  if (typeof authorize !== 'function') {
    problems.push('authorize must be a function that takes the request and says whether it may listen.')
  }
  for (const [name, source] of Object.entries(typeof sources === 'function' ? {} : (sources ?? {}))) {
    if (typeof source?.subscribe === 'function' && typeof source.explain === 'function') continue
    problems.push(`sources.${name} must be a token manager.`)
  }
  if (!(keepAliveMs > 0 && keepAliveMs <= 2 ** 31 - 1)) {
    problems.push('keepAliveMs must be a number of milliseconds above 0.')
  }
  if (!(maxClients > 0)) problems.push('maxClients must be a number above 0.')
  problems.push(...originProblems(origins))
  if (problems.length > 0) throw new ConfigurationError('createEventRoute cannot work', problems)
}
