import type { Explanation } from '@evergrant/core'

/** A credential's state for the page. Holds no secret. */
export interface CredentialStatus {
  readonly state: 'unused' | 'fresh' | 'renewing' | 'struggling' | 'failing' | 'refused' | 'sign-in-needed'
  /** What `explain()` says, for a person. */
  readonly message: string
  /** Epoch milliseconds of the server's clock. */
  readonly expiresAt: number | undefined
  readonly lifetimeMs: number | undefined
  /** Why the last exchange failed, if it did. */
  readonly failure: string | undefined
  /** When the exchange that failed may be tried again, in epoch milliseconds; absent: trying again does not help. */
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
  const { accessToken, failure, summary } = explanation
  return {
    state: stateOf(explanation, facts),
    message: summary,
    expiresAt: accessToken?.expiresAt,
    lifetimeMs: accessToken?.lifetimeMs,
    failure: failure?.message,
    retryAt: failure?.retryAt,
    tokenRequests: facts.tokenRequests,
  }
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
      if (failure !== undefined) return 'struggling'
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
