import { tokenErrorHandler } from '@evergrant/express'
import type { ErrorRequestHandler, RequestHandler } from 'express'

/** What stands behind all routes: answers what none of them has, and what went wrong in one. */
export function lastAnswers({
  now,
  onError,
}: {
  readonly now: () => number
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}): readonly [RequestHandler, ...ErrorRequestHandler[]] {
  return [notFound, tokenErrorHandler({ now }), lastErrors(onError)]
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'Nothing is served here.' } })
}

function lastErrors(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error, _request, response, next) => {
    onError(error)
    if (response.headersSent) return next(error)
    const message = 'The server could not answer the request.'
    response.status(500).json({ error: { code: 'internal_error', message } })
  }
}
