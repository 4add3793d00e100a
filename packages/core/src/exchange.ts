import type { Credential } from './credential.ts'
import { within } from './deadline.ts'
import type { Environment } from './environment.ts'
import { AuthorizationServerError } from './errors/authorization-server-error.ts'
import type { AuthorizationServerErrorOptions } from './errors/authorization-server-error.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { EvergrantError } from './errors/evergrant-error.ts'
import { MalformedResponseError } from './errors/malformed-response-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { backOffMs, classifyRefusal } from './failure.ts'
import type { FailureKind, Rung } from './failure.ts'
import type { Grant } from './grants/grant.ts'
import { showEndpoint } from './redact.ts'
import { requestToken } from './token-endpoint.ts'
import type { ExchangeResult, TokenRequest } from './token-endpoint.ts'
import { variantParameters } from './variant.ts'
import type { Variant } from './variant.ts'

/** Prepares the request of the refresh rung. The scope is sent only if the variant asks for one (RFC 6749 §6). */
export function refreshRequest(refreshToken: string, variant: Variant): TokenRequest {
  return {
    grantType: 'refresh_token',
    parameters: {
      values: { refresh_token: refreshToken, ...variantParameters(variant) },
      secrets: [refreshToken],
    },
  }
}

/** Prepares the request of a grant; runs the grant's callback, if it has one. */
export async function grantRequest(
  { clock, timeoutMs }: Environment,
  grant: Grant,
  variant: Variant,
): Promise<TokenRequest> {
  const late = (): ConfigurationError =>
    new ConfigurationError('The credentials callback does not answer', [
      `It took longer than ${timeoutMs} ms.`,
    ])
  const { values, secrets } = await within(clock, timeoutMs, grant.parameters(), late)
  return {
    grantType: grant.grantType,
    parameters: { values: { ...values, ...variantParameters(variant) }, secrets },
  }
}

/** Sends a prepared request; nothing but `limitMs`, what is left of the claim's hold, cuts it. */
export function send(
  environment: Environment,
  request: TokenRequest,
  limitMs: number,
): Promise<ExchangeResult> {
  return requestToken(environment.authorization, request, environment, limitMs)
}

/**
 * Redeems a refresh token. If an answer was lost and the server accepts a used token for a while, one prompt retry gets
 * the answer after all.
 */
export async function redeem(
  environment: Environment,
  request: TokenRequest,
  limitMs: number,
): Promise<ExchangeResult> {
  const { clock, authorization } = environment
  const sentAt = clock.monotonic()
  const result = await send(environment, request, limitMs)
  if (result.kind !== 'unavailable' || !result.isAmbiguous) return result
  const passedMs = clock.monotonic() - sentAt
  const leftMs = limitMs - passedMs
  const graceMs = authorization.server.rotation?.graceMs ?? 0
  return passedMs < graceMs && leftMs > 0 ? send(environment, request, leftMs) : result
}

/** A failed exchange, judged: what kind it is, when to try again, and the error for the callers. */
export interface FailedExchange {
  readonly kind: FailureKind
  readonly error: EvergrantError
  readonly isAmbiguous: boolean
  readonly retryInMs: number
  readonly serverError?: string | undefined
  readonly status?: number | undefined
}

/** Judges an exchange that brought no token. */
export function judgeFailure(
  credential: Credential,
  result: Exclude<ExchangeResult, { kind: 'issued' }>,
  rung: Rung,
  grant: Grant | undefined,
  lifetimeMs: number | undefined,
): FailedExchange {
  const { environment } = credential
  const { clock, random, authorization } = environment
  const presentsCredentials = rung === 're-grant' && (grant?.presentsCredentials ?? false)
  const kind =
    result.kind === 'unavailable'
      ? 'transient'
      : classifyRefusal(
          { error: result.error, status: result.status, rung, presentsCredentials },
          authorization.server,
        )
  const attempts = credential.failures.attempts(credential.held) + 1
  // A wrong configuration is remembered for 1–5 s at first, so that nobody hammers; then like any other failure.
  const backOff =
    kind === 'transient' ? backOffMs(attempts, lifetimeMs, random) : misconfiguredBackOffMs(attempts, random)
  const retryInMs = Math.max(backOff, result.retryAfterMs ?? 0)
  const retryAt = clock.wall() + retryInMs
  if (result.kind === 'unavailable') {
    return { kind, error: withRetryAt(result.problem, retryAt), isAmbiguous: result.isAmbiguous, retryInMs }
  }
  const error = refusalError(environment, result, kind, grant, retryAt)
  return { kind, error, isAmbiguous: false, retryInMs, serverError: result.error, status: result.status }
}

// A wrong configuration is remembered for 1–5 s at first, so that nobody hammers; then like any other failure.
function misconfiguredBackOffMs(attempts: number, random: () => number): number {
  return attempts === 1 ? 1000 + 4000 * random() : backOffMs(attempts + 2, 3_600_000, random)
}

function withRetryAt(problem: EvergrantError, retryAt: number): EvergrantError {
  if (problem instanceof NetworkError) {
    const { message, code, status, wasSent, cause } = problem
    return new NetworkError(message, { code: code as 'network_error', status, wasSent, cause, retryAt })
  }
  if (problem instanceof MalformedResponseError) {
    return new MalformedResponseError(problem.message, { status: problem.status, retryAt })
  }
  return problem
}

/** The error for a readable refusal: what was refused, in the server's words, and what to do. */
export function refusalError(
  { authorization }: Environment,
  refusal: {
    readonly error: string
    readonly errorDescription?: string | undefined
    readonly status: number
  },
  kind: FailureKind,
  grant: Grant | undefined,
  retryAt?: number,
): AuthorizationServerError | NetworkError {
  const { error, errorDescription, status } = refusal
  const endpoint = showEndpoint(authorization.server.tokenEndpoint)
  const words = errorDescription ? `${error}: ${errorDescription}` : error
  const said = `${endpoint} refused the token request (${status} ${words}).`
  if (kind === 'transient') {
    return new NetworkError(`${said} It asks to try again later.`, {
      code: 'server_unavailable',
      status,
      retryAt,
      wasSent: true,
    })
  }
  const [code, advice] = adviceFor(kind, error, grant)
  const isRetried = kind === 'misconfigured'
  return new AuthorizationServerError(`${said} ${advice}`, {
    code,
    error,
    errorDescription,
    status,
    retryAt: isRetried ? retryAt : undefined,
  })
}

function adviceFor(
  kind: FailureKind,
  error: string,
  grant: Grant | undefined,
): [AuthorizationServerErrorOptions['code'], string] {
  if (kind === 'credentials-rejected') return ['credentials_rejected', grant?.refusalAdvice ?? '']
  if (kind === 'grant-dead') return ['grant_refused', 'The refresh token is no longer valid.']
  if (kind === 'variant-refused')
    return ['request_refused', 'Check the scope and the resource that are asked for.']
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return [
      'client_misconfigured',
      'Check the client id and the client secret, and that the client may use this grant.',
    ]
  }
  if (error === 'invalid_grant') return ['client_misconfigured', grant?.refusalAdvice ?? 'Check the grant.']
  return ['client_misconfigured', 'Check the configuration of the provider.']
}
