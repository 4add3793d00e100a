import { isEvergrantError } from '@evergrant/core'
import type { AccessTokenSource, Explanation } from '@evergrant/core'
import { GatewayError } from './gateway-error.ts'
import type { GatewayResource, Records } from './resources.ts'

/**
 * Takes the paging parameters out of a query.
 * @throws {GatewayError} 400: a parameter is unknown, given twice or out of range
 */
export function readPaging(query: URLSearchParams, { paging }: GatewayResource): URLSearchParams {
  const taken = new URLSearchParams()
  for (const [name, value] of query) {
    const range = Object.hasOwn(paging, name) ? paging[name] : undefined
    if (range === undefined || taken.has(name)) {
      const names = Object.keys(paging).join(' and ')
      throw new GatewayError(400, 'invalid_parameter', `The query takes ${names}, each at most once.`)
    }
    const { min, max } = range
    if (!/^\d{1,9}$/.test(value) || Number(value) < min || Number(value) > max) {
      const message = `${name} must be a whole number from ${min} to ${max}.`
      throw new GatewayError(400, 'invalid_parameter', message)
    }
    taken.set(name, value)
  }
  return taken
}

/** Options of {@link fetchRecords}. */
export interface FetchOptions {
  /** Aborts when nobody waits for the answer any more. */
  readonly left: AbortSignal
  /** How long the API may take, in milliseconds. */
  readonly timeoutMs: number
  /** Says how the credential stands. Called after a refusal. */
  readonly explain: () => Explanation
}

/**
 * Asks the provider's API with a fresh access token.
 * @throws {GatewayError} 502, 503 or 504: the API gave no usable answer
 * @throws {EvergrantError} there is no access token to ask with
 */
export async function fetchRecords(
  source: AccessTokenSource,
  resource: GatewayResource,
  paging: URLSearchParams,
  options: FetchOptions,
): Promise<Records> {
  const { title, apiPath, read } = resource
  const signal = AbortSignal.any([options.left, AbortSignal.timeout(options.timeoutMs)])
  const query = paging.size === 0 ? '' : `?${paging}`
  try {
    const response = await source.fetch(`${apiPath}${query}`, {
      headers: { accept: 'application/json' },
      signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw refusal(title, response, options.explain)
    }
    const records = read(await response.json(), response.headers)
    if (records === undefined) throw unreadable(title)
    return records
  } catch (error) {
    throw isEvergrantError(error) || error instanceof GatewayError
      ? error
      : explainFailure(title, error, options)
  }
}

function refusal(title: string, { status, headers }: Response, explain: () => Explanation): GatewayError {
  if (status === 429 || status === 503) {
    const retryAfter = headers.get('retry-after') ?? undefined
    return new GatewayError(
      503,
      'api_unavailable',
      `${title} answered ${status}: try again later.`,
      retryAfter,
    )
  }
  if (status === 401) return tokenRefusal(title, explain())
  const hint = hints[status] ?? ''
  const code = status === 404 ? 'api_not_found' : 'api_refused'
  return new GatewayError(502, code, `${title} answered ${status}.${hint}`)
}

// A refused access token is replaced and the request sent again; why the refusal stands is what the engine says of it.
function tokenRefusal(title: string, { step, accessToken, failure }: Explanation): GatewayError {
  if (failure !== undefined) {
    const message = `${title} refused the access token, and there is no new one yet: ${failure.message}`
    return new GatewayError(503, 'api_refused', message)
  }
  const because = step.action === 'use' ? step.because : step.action
  // Accepted or replaced since: whatever holds now says nothing about this refusal.
  const reason = accessToken?.isRejected === true ? refusals[because] : undefined
  return new GatewayError(502, 'api_refused', `${title} ${reason ?? otherRefusal}`)
}

const otherRefusal = 'answered 401: it refused the access token. The next request may fare better.'
const nextGetsANewOne = 'answered 401: it refused the access token. The next request gets a new one.'

const refusals: Readonly<Record<string, string>> = {
  guarded:
    'refused an access token that was obtained only a moment ago. Token requests keep a pause of a few seconds; after it the next request gets a new one.',
  unanswered:
    'refused the access token, as it refused others before. The engine pauses before it asks for another one; until then each request tries the one that is held.',
  'nothing-left': 'refused the access token, and nothing is held to renew it.',
  refresh: nextGetsANewOne,
  're-grant': nextGetsANewOne,
  reauthorize: 'refused the access token, and only a new sign-in brings another one.',
}

const hints: Readonly<Record<number, string>> = {
  403: ' This identity may not read these records.',
  404: ' The base URL of its API may be another one.',
}

function unreadable(title: string): GatewayError {
  return new GatewayError(
    502,
    'api_unreadable',
    `${title} answered with something else than a list of records.`,
  )
}

function explainFailure(title: string, error: unknown, { timeoutMs }: FetchOptions): unknown {
  if (error instanceof SyntaxError) return unreadable(title)
  if (!(error instanceof Error)) return error
  if (error.name === 'TimeoutError') {
    return new GatewayError(504, 'api_timeout', `${title} did not answer within ${timeoutMs / 1000} s.`)
  }
  // What the platform's fetch throws when there is no connection.
  if (error instanceof TypeError) {
    return new GatewayError(502, 'api_unreachable', `The API of ${title} cannot be reached.`)
  }
  return error
}
