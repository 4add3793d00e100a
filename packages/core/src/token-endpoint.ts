import { allowInsecureRequests, customFetch, genericTokenEndpointRequest } from 'oauth4webapi'
import type { AuthorizationBase } from './authorization.ts'
import { BodyLimitError, drop, readBoundedText } from './bounded-body.ts'
import type { Clock } from './clock.ts'
import { EvergrantError } from './errors/evergrant-error.ts'
import { MalformedResponseError } from './errors/malformed-response-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { isUnavailableStatus, readRetryAfterMs } from './failure.ts'
import type { GrantParameters } from './grants/grant.ts'
import { networkFailure } from './network-failure.ts'
import { cleanServerText, showEndpoint } from './redact.ts'
import { cutAfter, rejectedBy } from './request-cut.ts'
import { readTokenResponse } from './token-response.ts'
import type { IssuedTokens } from './token-response.ts'

/** One token request: the grant type and its parameters. */
export interface TokenRequest {
  readonly grantType: string
  readonly parameters: GrantParameters
}

/** When a request left, on both clocks, and how long the answer took. */
export interface RequestTiming {
  readonly sentWallAt: number
  readonly sentMonotonicAt: number
  readonly tookMs: number
}

/** What came of one token request. It is never an exception, because each kind leads to another decision. */
export type ExchangeResult =
  | {
      readonly kind: 'issued'
      readonly tokens: IssuedTokens
      readonly timing: RequestTiming
      readonly warnings: readonly string[]
    }
  | {
      readonly kind: 'refused'
      readonly error: string
      readonly errorDescription: string | undefined
      readonly status: number
      readonly retryAfterMs: number | undefined
    }
  | {
      readonly kind: 'unavailable'
      readonly problem: EvergrantError
      /** Whether the server may have acted: a request left, and nothing readable came back. */
      readonly isAmbiguous: boolean
      readonly retryAfterMs: number | undefined
    }

/** What the token endpoint needs from outside. */
export interface TokenEndpointEnvironment {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/**
 * Sends one token request and reads the answer. Redirects are never followed, and nothing but `hardLimitMs` cuts the
 * request: whoever waits for it may give up earlier, but what has left the machine may already have used up a token.
 * @see RFC 6749 §3.2
 */
export async function requestToken(
  { server, client }: AuthorizationBase,
  request: TokenRequest,
  { fetch, clock }: TokenEndpointEnvironment,
  hardLimitMs: number,
): Promise<ExchangeResult> {
  const endpoint = showEndpoint(server.tokenEndpoint)
  const secrets = [...client.authentication.secrets, ...request.parameters.secrets]
  const abort = new AbortController()
  const cancelTimer = cutAfter(clock, hardLimitMs, () => abort.abort())
  const sentWallAt = clock.wall()
  const sentMonotonicAt = clock.monotonic()
  let hasLeft = false
  const leave: typeof fetch = (input, init) => {
    hasLeft = true
    // Servers echo also the encoded form of id and secret.
    const authorization = new Headers(init?.headers).get('authorization')
    if (authorization) secrets.push(authorization.replace(/^\w+ /, ''))
    return fetch(input, init)
  }
  try {
    const cut = rejectedBy(abort.signal)
    const response = await Promise.race([send({ server, client }, request, leave, abort.signal), cut])
    const retryAfterMs = readRetryAfterMs(response.headers.get('retry-after'), clock.wall())
    const unread = interpretStatus(response, endpoint, retryAfterMs)
    if (unread) {
      drop(response.body)
      return unread
    }
    const text = await Promise.race([readBoundedText(response).catch(asBodyLimit), cut])
    if (text instanceof BodyLimitError)
      return malformed(endpoint, text.message, response.status, retryAfterMs)
    const timing = { sentWallAt, sentMonotonicAt, tookMs: clock.monotonic() - sentMonotonicAt }
    return interpretBody(response, text, { endpoint, secrets, timing, retryAfterMs, server })
  } catch (error) {
    const problem = hasLeft
      ? networkFailure(error, endpoint, abort.signal.aborted)
      : unprepared(error, endpoint, client.authentication.method)
    const isAmbiguous = hasLeft && problem instanceof NetworkError && problem.wasSent
    return { kind: 'unavailable', problem, isAmbiguous, retryAfterMs: undefined }
  } finally {
    cancelTimer()
  }
}

function asBodyLimit(error: unknown): BodyLimitError {
  if (error instanceof BodyLimitError) return error
  throw error
}

// An own client authentication method may fail, such as a signing service that is down: nothing was sent then.
function unprepared(error: unknown, endpoint: string, method: string): EvergrantError {
  if (error instanceof EvergrantError) return error
  return new NetworkError(
    `No request was sent to ${endpoint}: the client authentication (${method}) failed. Evergrant will try again.`,
    {
      code: 'network_error',
      wasSent: false,
      cause: new Error(error instanceof Error ? error.name : 'unknown'),
    },
  )
}

function send(
  { server, client }: Pick<AuthorizationBase, 'server' | 'client'>,
  { grantType, parameters }: TokenRequest,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Response> {
  const { tokenEndpoint, issuer } = server
  // oauth4webapi wants both to be present; the anonymous method never sends the id, and only assertions use the issuer.
  const clientId = client.clientId ?? 'anonymous'
  return genericTokenEndpointRequest(
    { issuer: issuer ?? tokenEndpoint, token_endpoint: tokenEndpoint },
    { client_id: clientId },
    (_server, _client, body, headers) =>
      client.authentication.authenticate({ issuer, tokenEndpoint, clientId, body, headers }),
    grantType,
    withoutEmptyValues(parameters.values),
    {
      signal,
      // Plain http was refused when the authorization was checked, unless it is loopback or explicitly allowed.
      [allowInsecureRequests]: true,
      [customFetch]: server.tokenRequest === 'get-query' ? asGetRequest(fetch) : fetch,
    },
  )
}

function withoutEmptyValues(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}

// Team Server documents a GET request with everything in the query string.
function asGetRequest(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    for (const [name, value] of new URLSearchParams(init?.body as URLSearchParams)) {
      url.searchParams.append(name, value)
    }
    const headers = new Headers(init?.headers)
    headers.delete('content-type')
    const { body: _body, ...rest } = init ?? {}
    return fetch(url.href, { ...rest, method: 'GET', headers })
  }
}

interface InterpretContext {
  readonly endpoint: string
  readonly secrets: readonly string[]
  readonly timing: RequestTiming
  readonly retryAfterMs: number | undefined
  readonly server: AuthorizationBase['server']
}

/** What the status alone decides, whatever the body says. */
function interpretStatus(
  { status, type }: Response,
  endpoint: string,
  retryAfterMs: number | undefined,
): ExchangeResult | undefined {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return malformed(endpoint, 'a redirect, which a token request never follows', status, retryAfterMs)
  }
  return isUnavailableStatus(status) ? unavailable(endpoint, status, retryAfterMs) : undefined
}

function interpretBody(response: Response, text: string, context: InterpretContext): ExchangeResult {
  const { status, headers } = response
  const { endpoint, secrets, timing, retryAfterMs, server } = context
  const reading = readTokenResponse({
    status,
    text,
    challenge: headers.get('www-authenticate'),
    allowsMissingTokenType: server.allowsMissingTokenType,
  })
  if (reading.kind === 'malformed') return malformed(endpoint, reading.problem, status, retryAfterMs)
  if (reading.kind === 'issued') return { ...reading, timing }
  const errorDescription = cleanServerText(reading.errorDescription, secrets)
  const isEcho = secrets.includes(reading.error)
  return {
    kind: 'refused',
    error: isEcho ? 'unknown_error' : reading.error,
    errorDescription,
    status,
    retryAfterMs,
  }
}

function malformed(
  endpoint: string,
  problem: string,
  status: number,
  retryAfterMs: number | undefined,
): ExchangeResult {
  const message =
    `${endpoint} answered ${status} with ${problem}, which is no token response. ` +
    'Check the URL of the token endpoint; a proxy or a maintenance page may also be in the way.'
  const error = new MalformedResponseError(message, { status })
  return { kind: 'unavailable', problem: error, isAmbiguous: true, retryAfterMs }
}

function unavailable(endpoint: string, status: number, retryAfterMs: number | undefined): ExchangeResult {
  const problem = new NetworkError(`${endpoint} answered ${status}: it cannot serve the request now.`, {
    code: 'server_unavailable',
    status,
    wasSent: true,
  })
  // 429 and 503 say that the server did not act; after any other 5xx it may have.
  return { kind: 'unavailable', problem, isAmbiguous: status !== 429 && status !== 503, retryAfterMs }
}
