import { sendResponse, toRequest } from '@evergrant/server/node'
import type { NodeAnswer } from '@evergrant/server/node'
import type { Request, RequestHandler, Response } from 'express'

/** A request of Express and its answer. */
export interface Exchange {
  readonly request: Request
  readonly response: Response
}

type WebHandler = (webRequest: globalThis.Request, exchange: Exchange) => NodeAnswer | Promise<NodeAnswer>

const exchanges = new WeakMap<object, Exchange>()

/**
 * Makes a handler of Express of one that takes a web `Request` and answers with a `Response`. `bodyOf` gives the body
 * where it has been read already. What either throws goes to the error handlers, also in Express 4.
 */
export function webRoute(
  answer: WebHandler,
  bodyOf: (request: Request) => Uint8Array | string | undefined = () => undefined,
): RequestHandler {
  return async (request, response, next) => {
    try {
      const exchange = { request, response }
      const webRequest = toRequest(request, response, { body: bodyOf(request) })
      if (webRequest instanceof globalThis.Response) return await sendResponse(response, webRequest)
      exchanges.set(webRequest, exchange)
      await sendResponse(response, await answer(webRequest, exchange))
    } catch (error) {
      next(error)
    }
  }
}

/** The exchange that a web request was made from. */
export function exchangeOf(webRequest: object): Exchange {
  const exchange = exchanges.get(webRequest)
  if (exchange === undefined) throw new TypeError('This request does not come from Express.')
  return exchange
}

/** Lets a callback that takes the web request be given as one that takes Express'. */
export function withRequest<Args extends unknown[], Result>(
  callback: (...args: [...Args, Request]) => Result,
): (...args: [...Args, globalThis.Request]) => Result {
  return (...args) => {
    const others = args.slice(0, -1) as unknown as Args
    return callback(...others, exchangeOf(args.at(-1) as globalThis.Request).request)
  }
}
