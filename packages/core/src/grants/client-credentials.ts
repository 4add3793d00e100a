import type { Grant } from './grant.ts'

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** Space-separated scope to ask for. Default: none is sent, the server decides. */
  readonly scope?: string | undefined
}

/**
 * The application acts as itself. Can be repeated at any time without a person.
 * @see RFC 6749 §4.4
 */
export function clientCredentials(options: ClientCredentialsOptions = {}): Grant {
  const { scope } = options ?? {}
  const values: Record<string, string> = scope ? { scope } : {}
  return {
    grantType: 'client_credentials',
    isRepeatable: true,
    presentsCredentials: false,
    needsClaim: false,
    scope,
    refusalAdvice: 'Check that the client may use client_credentials.',
    parameters: async () => ({ values, secrets: [] }),
  }
}
