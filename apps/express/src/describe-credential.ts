import type { Explanation } from '@evergrant/core'

/** A credential's state for the page. Holds no secret. */
export interface CredentialStatus {
  readonly state:
    | 'unused'
    | 'fresh'
    | 'renewing'
    /** The API refused the access token, and a newer one is not there yet. */
    | 'rejected'
    | 'struggling'
    | 'failing'
    /** The authorization server refused the credentials. */
    | 'refused'
    | 'sign-in-needed'
  /** What `explain()` says, for a person; without the time until the next attempt, which the page counts down. */
  readonly message: string
  /** Epoch milliseconds of the server's clock. */
  readonly expiresAt: number | undefined
  readonly lifetimeMs: number | undefined
  /** The API refused this access token, however long it would live on. */
  readonly isRejected: boolean
  /** Why the last exchange failed, if it did. */
  readonly failure: string | undefined
  /**
   * When the next exchange may be tried, in epoch milliseconds: after a failure, or after the pause that the engine keeps
   * between the exchanges that an API's refusals ask for. Absent: nothing waits, or trying again does not help.
   */
  readonly retryAt: number | undefined
  /** Requests to the token endpoint since the gateway started; undefined: nobody counts. */
  readonly tokenRequests: number | undefined
}

/** What the explanation does not say. */
export interface CredentialFacts {
  readonly tokenRequests?: number | undefined
  /** Whose credentials are used: the gateway's own configuration, or a person's who signs in. */
  readonly isConfigured: boolean
}

/** Boils an explanation down to what the page shows. */
export function describeCredential(explanation: Explanation, facts: CredentialFacts): CredentialStatus {
  const { accessToken, failure } = explanation
  return {
    state: stateOf(explanation, facts),
    message: messageOf(explanation),
    expiresAt: accessToken?.expiresAt,
    lifetimeMs: accessToken?.lifetimeMs,
    isRejected: accessToken?.isRejected === true,
    failure: failure?.message,
    retryAt: failure === undefined ? pauseEnd(explanation) : failure.retryAt,
    tokenRequests: facts.tokenRequests,
  }
}

function messageOf(explanation: Explanation): string {
  const { step, accessToken, failure, summary } = explanation
  // The engine's own sentence is about a token that would be used; whoever looks at the page waits for a new one.
  if (failure !== undefined && accessToken?.isRejected === true)
    return 'The API refused the access token, and the server gave no new one.'
  if (failure === undefined && pauseEnd(explanation) === undefined) return summary
  if (step.action === 'use' && step.because === 'guarded')
    return 'The API refused an access token that is only a moment old: the engine pauses before it asks for the next.'
  return summary.replace(/ In [^.]+\.$/, '')
}

const pauses: ReadonlySet<string> = new Set(['guarded', 'unanswered'])

function pauseEnd({ step, accessToken, next }: Explanation): number | undefined {
  const isPausing = step.action === 'use' && pauses.has(step.because) && accessToken?.isRejected === true
  return isPausing ? next?.at : undefined
}

function stateOf(
  { step, accessToken, failure }: Explanation,
  { isConfigured }: CredentialFacts,
): CredentialStatus['state'] {
  switch (step.action) {
    case 'reauthorize':
      // Nobody can sign in to what the configuration names.
      return isConfigured && failure !== undefined ? 'refused' : 'sign-in-needed'
    case 'wait-until':
      return 'failing'
    case 'use':
      // A token that the API refused is of no use, however long it would live on.
      if (accessToken?.isRejected === true) return failure === undefined ? 'rejected' : 'failing'
      return failure === undefined ? 'fresh' : 'struggling'
    case 'use-and-refresh':
      return 'renewing'
    case 'refresh':
    case 're-grant':
      if (failure !== undefined) return 'failing'
      if (accessToken === undefined) return 'unused'
      return accessToken.isRejected ? 'rejected' : 'renewing'
  }
}
