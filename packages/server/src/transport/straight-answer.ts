/**
 * An answer that a server of Node.js writes as it is: headers as lines, and a message of another server whose body nobody
 * has read. Building a `Response` and taking it apart again costs more than everything else that a proxy does.
 */
export interface StraightAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly lines: readonly string[]
  /** An `IncomingMessage`; null: there is no body. */
  readonly message: object | null
}

/** A handler that may answer straight. */
export type StraightHandler<Context> = (
  request: Request,
  context?: Context,
) => Promise<Response | StraightAnswer>

const straightHandlers = new WeakMap<object, StraightHandler<never>>()

/** Notes how `handler` can answer straight. Returns the handler. */
export function offerStraight<
  Context,
  Handler extends (request: Request, context?: Context) => Promise<Response>,
>(handler: Handler, straight: StraightHandler<Context>): Handler {
  straightHandlers.set(handler, straight)
  return handler
}

/** The straight way of a handler; undefined: it has none. */
export function straightOf<Context>(
  handler: (request: Request, context: Context) => unknown,
): StraightHandler<Context> | undefined {
  return straightHandlers.get(handler) as StraightHandler<Context> | undefined
}
