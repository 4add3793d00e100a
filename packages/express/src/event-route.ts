import { ConfigurationError } from '@evergrant/core/source'
import type { TokenManager } from '@evergrant/core'
import type { Request, RequestHandler, Response } from 'express'
import { EventStream } from './event-stream.ts'

/** What is streamed of: a token manager, or anything that tells its events and explains itself as one. */
export type EventSourceManager = Pick<TokenManager, 'subscribe' | 'explain'>

/** Options of {@link createEventRoute}. */
export interface EventRouteOptions {
  /** The managers by the name that their events carry. */
  readonly sources: Readonly<Record<string, EventSourceManager>>
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
}

/**
 * Streams what happens to credentials as server-sent events: `event: token` with the JSON
 * `{ name, event, explanation }`. On connecting, a client gets the `explain()` of each source, without an `event`.
 * Neither holds a token or a secret. Use it as `app.get('/events', createEventRoute({ … }))`.
 * It subscribes while a client listens, and keeps nothing between clients: who reconnects gets explanations, not the
 * past. A client that does not read what it is sent is dropped.
 * Answers JSON: 403 if `authorize` says no, 404 if it is not enabled, 503 if there are too many clients.
 * What `authorize` throws goes to the error handlers.
 * @throws {ConfigurationError} `authorize` is no function, a source is no token manager, or a number is not above 0
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * app.get('/events', createEventRoute({ sources: { fleet }, isEnabled: true, authorize: req => isAdmin(req) }))
 */
export function createEventRoute(options: EventRouteOptions): RequestHandler {
  const { sources, authorize, isEnabled = false, keepAliveMs = 15_000, maxClients = 100 } = options
  assertOptions(options)
  const clients = new Set<EventStream>()
  const listen = (request: Request, response: Response): void => {
    // Whoever left while `authorize` thought about it would never be counted out again.
    if (response.destroyed) return
    if (clients.size >= maxClients) {
      response.set('Retry-After', '5')
      refuse(response, 503, 'too_many_clients', 'Too many clients listen. Try again later.')
      return
    }
    response.status(200).set(headers)
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    const stream = new EventStream(response, { sources, keepAliveMs, onClose: () => clients.delete(stream) })
    clients.add(stream)
    stream.open()
  }
  return async (request, response, next) => {
    if (!isEnabled) {
      refuse(response, 404, 'not_found', 'Nothing is served here.')
      return
    }
    try {
      // Not merely truthy: an unawaited promise or an object must not open the door.
      const isAllowed: unknown = await authorize(request)
      if (isAllowed === true) listen(request, response)
      else refuse(response, 403, 'not_authorized', 'You may not listen to these events.')
    } catch (error) {
      next(error)
    }
  }
}

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would hold events back until its buffer is full.
  'X-Accel-Buffering': 'no',
}

function refuse(response: Response, status: number, code: string, message: string): void {
  response.set('Cache-Control', 'no-store')
  response.status(status).json({ error: { code, message } })
}

function assertOptions({ sources, authorize, keepAliveMs = 1, maxClients = 1 }: EventRouteOptions): void {
  const problems: string[] = []
  if (typeof authorize !== 'function') {
    problems.push('authorize must be a function that takes the request and says whether it may listen.')
  }
  for (const [name, source] of Object.entries(sources ?? {})) {
    if (typeof source?.subscribe === 'function' && typeof source.explain === 'function') continue
    problems.push(`sources.${name} must be a token manager.`)
  }
  if (!(keepAliveMs > 0 && keepAliveMs <= 2 ** 31 - 1)) {
    problems.push('keepAliveMs must be a number of milliseconds above 0.')
  }
  if (!(maxClients > 0)) problems.push('maxClients must be a number above 0.')
  if (problems.length > 0) throw new ConfigurationError('createEventRoute cannot work', problems)
}
