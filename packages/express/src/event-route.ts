import { createEventRoute as createWebEventRoute } from '@evergrant/server'
import type { EventRouteOptions as WebEventRouteOptions, EventSourceManager } from '@evergrant/server'
import type { Request, RequestHandler } from 'express'
import { webRoute, withRequest } from './web-route.ts'

export type { EventSourceManager } from '@evergrant/server'

type Sources<Value> = Readonly<Record<string, Value>>
type FoundSources = Sources<EventSourceManager | undefined>

/** Options of {@link createEventRoute}. */
export interface EventRouteOptions extends Omit<WebEventRouteOptions, 'authorize' | 'sources'> {
  /**
   * The managers by the name that their events carry. A function finds those of one client, such as the tokens of its
   * session: `async req => ({ customer: await req.tokens.customer.observe() })`. Names without a manager are left out.
   */
  readonly sources: Sources<EventSourceManager> | ((request: Request) => FoundSources | Promise<FoundSources>)
  /**
   * Decides who may listen. Runs for every client before anything is sent; a promise is awaited. It has no default:
   * events hold no secret, but they tell which servers you use and when their answers fail.
   */
  readonly authorize: (request: Request) => boolean | Promise<boolean>
}

/**
 * Streams what happens to credentials as server-sent events: `event: token` with the JSON
 * `{ name, event, explanation }`. On connecting, a client gets the `explain()` of each source, without an `event`.
 * Neither holds a token or a secret. Use it as `app.get('/events', createEventRoute({ … }))`.
 * It subscribes while a client listens, and keeps nothing between clients: who reconnects gets explanations, not the
 * past. A client that does not read what it is sent is dropped.
 * Answers JSON: 403 if `authorize` says no or the page of another site asks, 404 if it is not enabled, 405 for other
 * methods than GET and HEAD, 503 if there are too many clients. What `authorize` throws goes to the error handlers.
 * @throws {ConfigurationError} `authorize` is no function, a source is no token manager, an origin is none, or a
 * number is not above 0
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @example
 * app.get('/events', createEventRoute({ sources: { fleet }, isEnabled: true, authorize: req => isAdmin(req) }))
 */
export function createEventRoute(options: EventRouteOptions): RequestHandler {
  const { sources, authorize } = options
  return webRoute(
    createWebEventRoute({
      ...options,
      sources: typeof sources === 'function' ? withRequest(sources) : sources,
      // Whatever is no function is refused as such.
      authorize: typeof authorize === 'function' ? withRequest(authorize) : authorize,
    }),
  )
}
