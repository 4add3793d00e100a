import type { Explanation } from '@evergrant/core'

/** A credential's state for the page. Holds no secret. */
export interface CredentialStatus {
  readonly state: 'unused' | 'fresh' | 'renewing' | 'struggling' | 'failing' | 'sign-in-needed'
  /** What `explain()` says, for a person. */
  readonly message: string
  /** Epoch milliseconds of the server's clock. */
  readonly expiresAt: number | undefined
  readonly lifetimeMs: number | undefined
  /** Why the last exchange failed, if it did. */
  readonly failure: string | undefined
  /** Requests to the token endpoint since the gateway started. */
  readonly tokenRequests: number
}

/** Boils an explanation down to what the page shows. */
export function describeCredential(explanation: Explanation, tokenRequests: number): CredentialStatus {
  const { accessToken, failure, summary } = explanation
  return {
    state: stateOf(explanation),
    message: summary,
    expiresAt: accessToken?.expiresAt,
    lifetimeMs: accessToken?.lifetimeMs,
    failure: failure?.message,
    tokenRequests,
  }
}

function stateOf({ step, accessToken, failure }: Explanation): CredentialStatus['state'] {
  switch (step.action) {
    case 'reauthorize':
      return 'sign-in-needed'
    case 'wait-until':
      return 'failing'
    case 'use':
      return failure === undefined ? 'fresh' : 'struggling'
    case 'use-and-refresh':
      return 'renewing'
    case 'refresh':
    case 're-grant':
      if (failure !== undefined) return 'failing'
      return accessToken === undefined ? 'unused' : 'renewing'
  }
}
