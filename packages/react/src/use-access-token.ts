'use client'
import type { AccessTokenState } from './access-token-state.ts'
import type { TokensName } from './register.ts'
import { useTokens } from './tokens-context.ts'
import { useTrackedState } from './use-tracked-state.ts'

/**
 * Tells who is signed in, and gives a `fetch` that works. The component is rendered again only when something changed
 * that it has read from the result: a new token, for instance, disturbs those alone that read `accessToken`.
 * @param name which tokens, if the provider has several
 * @throws {ConfigurationError} there is no `<AccessTokenProvider>` above, or it knows no such name
 * @example
 * const { status, username, fetch, signOut } = useAccessToken()
 */
export function useAccessToken(name?: TokensName): AccessTokenState {
  return useTrackedState(useTokens('useAccessToken', name))
}
