import type { Refusal } from '../request-guard.ts'

/** What a {@link ProxyRefusal} takes beside the refusal. */
export interface ProxyRefusalOptions {
  /** For answers that need more than a status: `Allow`, `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The fault behind it, if it is one that the application hears of. */
  readonly cause?: Error | undefined
}

/** Ends the handling of a request with an answer of the proxy's own. Never leaves the handler. */
export class ProxyRefusal extends Error {
  readonly refusal: Refusal
  readonly headers: Readonly<Record<string, string>>

  constructor(refusal: Refusal, { headers = {}, cause }: ProxyRefusalOptions = {}) {
    super(refusal.code, cause === undefined ? undefined : { cause })
    this.refusal = refusal
    this.headers = headers
  }
}

/** Puts a refusal together. */
export function refuse(status: number, code: string, message: string): Refusal {
  return { status, code, message }
}

export const pathNotAllowed: Refusal = refuse(
  404,
  'path_not_allowed',
  'This path is not among those that the proxy passes on.',
)

export const methodNotAllowed: Refusal = refuse(
  405,
  'method_not_allowed',
  'The proxy does not pass on this method at this path.',
)

export const notAuthorized: Refusal = refuse(403, 'not_authorized', 'You may not use this API.')

export const notForScripts: Refusal = refuse(
  403,
  'destination_refused',
  'What the API answers must not run in this site: it is not served as a script, style, worker or plug-in.',
)

export const bodyNotReplayable: Refusal = refuse(
  503,
  'body_not_replayable',
  'The API refused an outdated access token, and the body is too long to be kept for a second sending. Send the ' +
    'request again: it will carry a new one.',
)

export const upstreamUnreachable: Refusal = refuse(502, 'upstream_unreachable', 'The API cannot be reached.')

export const upstreamTimeout: Refusal = refuse(504, 'upstream_timeout', 'The API did not answer in time.')
