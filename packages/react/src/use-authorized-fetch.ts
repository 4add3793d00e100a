'use client'
import type { TokensName } from './register.ts'
import { useTokens } from './tokens-context.ts'

/**
 * Returns the `fetch` of the tokens. It is one and the same function for as long as they are, and never renders the
 * component again.
 * @param name which tokens, if the provider has several
 * @throws {ConfigurationError} there is no `<AccessTokenProvider>` above, or it knows no such name
 */
export function useAuthorizedFetch(name?: TokensName): typeof globalThis.fetch {
  return useTokens('useAuthorizedFetch', name).fetch
}
