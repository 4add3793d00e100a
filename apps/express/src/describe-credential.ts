import type { Explanation } from '@evergrant/core'

/** A credential's state for the page. Holds no secret. */
export interface CredentialStatus {
  readonly state: 'unused' | 'fresh' | 'renewing' | 'struggling' | 'failing' | 'refused' | 'sign-in-needed'
  /** What `explain()` says, for a person; without the time until the next attempt, which the page counts down. */
  readonly message: string
  /** Epoch milliseconds of the server's clock. */
  readonly expiresAt: number | undefined
  readonly lifetimeMs: number | undefined
  /** Why the last exchange failed, if it did. */
  readonly failure: string | undefined
  /**
   * When the next exchange may be tried, in epoch milliseconds: after a failure, or after the pause that follows every
   * exchange, if the API has refused its access token. Absent: nothing waits, or trying again does not help.
   */
  readonly retryAt: number | undefined
  /** Requests to the token endpoint since the gateway started. */
  readonly tokenRequests: number
}

/** What the explanation does not say. */
export interface CredentialFacts {
  readonly tokenRequests: number
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
    failure: failure?.message,
    retryAt: failure === undefined ? pauseEnd(explanation) : failure.retryAt,
    tokenRequests: facts.tokenRequests,
  }
}

function messageOf(explanation: Explanation): string {
  const { accessToken, failure, summary } = explanation
  // The engine's own sentence is about a token that would be used; whoever looks at the page waits for a new one.
  if (failure !== undefined && accessToken?.isRejected === true)
    return 'The API refused the access token, and the server gave no new one.'
  if (pauseEnd(explanation) !== undefined)
    return 'The API refused an access token that is only a moment old: the engine pauses before it asks for the next.'
  return failure === undefined ? summary : summary.replace(/ In [^.]+ the exchange is tried again\.$/, '')
}

function pauseEnd({ step, accessToken, next }: Explanation): number | undefined {
  const isPausing = step.action === 'use' && step.because === 'guarded' && accessToken?.isRejected === true
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
      if (failure !== undefined) return accessToken?.isRejected === true ? 'failing' : 'struggling'
      // Just obtained and refused already: it is replaced after a pause.
      return accessToken?.isRejected === true ? 'renewing' : 'fresh'
    case 'use-and-refresh':
      return 'renewing'
    case 'refresh':
    case 're-grant':
      if (failure !== undefined) return 'failing'
      return accessToken === undefined ? 'unused' : 'renewing'
  }
}
