import type { Credential } from './credential.ts'
import { AuthorizationServerError } from './errors/authorization-server-error.ts'
import { MalformedResponseError } from './errors/malformed-response-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { ReauthorizationRequiredError } from './errors/reauthorization-required-error.ts'
import type { ReauthorizationReason } from './errors/reauthorization-required-error.ts'
import { refusalError } from './exchange.ts'
import { showEndpoint } from './redact.ts'
import type { Step } from './refresh-policy.ts'

/** The error for a step that hands out no token. */
export function errorForStep(
  credential: Credential,
  step: Extract<Step, { action: 'reauthorize' | 'wait-until' }>,
  refusal?: unknown,
): Error {
  const standing = standingError(credential)
  if (step.action === 'wait-until') return standing ?? stillUnavailable(credential, step.retryInMs)
  // A wrong password or API key is not a missing sign-in: say what was refused.
  if (standing !== undefined && step.reason !== 'signed-out') return standing
  return reauthorization(credential, step.reason, refusal)
}

/** The refusal of the configured credentials, while trying them again is not yet due. */
export function standingRefusal(credential: Credential): Error | undefined {
  const standing = credential.standingFailure()
  if (standing?.failure.kind !== 'credentials-rejected' || standing.retryInMs <= 0) return undefined
  return standingError(credential)
}

function standingError(credential: Credential): Error | undefined {
  const standing = credential.standingFailure()
  if (standing === undefined) return undefined
  const { environment, failures, grant } = credential
  const { lastError } = failures
  const { failure, retryInMs } = standing
  const isBlocking = failure.kind === 'credentials-rejected' || retryInMs > 0
  if (!isBlocking) return undefined
  const retryAt = environment.clock.wall() + Math.max(0, retryInMs)
  if (lastError instanceof AuthorizationServerError) return lastError
  if (lastError instanceof NetworkError || lastError instanceof MalformedResponseError) {
    return stillUnavailable(credential, retryInMs, lastError)
  }
  if (failure.error === undefined || failure.status === undefined)
    return stillUnavailable(credential, retryInMs)
  return refusalError(
    environment,
    { error: failure.error, status: failure.status },
    failure.kind,
    grant,
    retryAt,
  )
}

function stillUnavailable(credential: Credential, retryInMs: number, cause?: Error): NetworkError {
  const { authorization, clock } = credential.environment
  const seconds = Math.max(1, Math.ceil(retryInMs / 1000))
  const what = cause?.message ?? `${showEndpoint(authorization.server.tokenEndpoint)} failed a moment ago.`
  return new NetworkError(`Backing off, the next try is in ${seconds} s: ${what}`, {
    code: cause instanceof NetworkError ? (cause.code as 'network_error') : 'server_unavailable',
    status: cause instanceof NetworkError ? cause.status : undefined,
    retryAt: clock.wall() + retryInMs,
    wasSent: false,
    cause,
  })
}

const explanations: Record<ReauthorizationReason, string> = {
  'never-signed-in': 'nobody has signed in yet (or the memory that held the sign-in is gone). Call signIn()',
  'signed-out': 'the user signed out. Call signIn() to start again',
  'refresh-token-refused': 'the server no longer accepts the refresh token. The user has to sign in again',
  'response-lost':
    'an answer of the server was lost, and the refresh token in it with it. The user has to sign in again',
  'no-refresh-token':
    'the access token is over and the server gave no refresh token. The user has to sign in again',
}

function reauthorization(
  { environment }: Credential,
  reason: ReauthorizationReason,
  cause: unknown,
): ReauthorizationRequiredError {
  environment.emit({ type: 'reauthorization-required', reason })
  const message = `${environment.authorization.provider} needs a person: ${explanations[reason]}.`
  return new ReauthorizationRequiredError(message, { reason, cause })
}
