import { AuthTokens } from './auth-tokens.ts'
import { checkOptions, memoryNotices } from './auth-tokens-options.ts'
import type { AuthTokensOptions } from './auth-tokens-options.ts'

/**
 * Creates the tokens of people who sign in with Auth.js.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 * @example
 * const tokens = createAuthTokens({ signIns: [keycloakSignIn({ baseUrl, realm, clientId, clientSecret, apiUrl })], store })
 * export const { handlers, auth, signIn, signOut } = NextAuth(tokens.withTokens({}))
 */
export function createAuthTokens(options: AuthTokensOptions): AuthTokens {
  checkOptions(options)
  const { store, tokensIn = 'store', onNotice = warn } = options
  const tokens = new AuthTokens(options)
  if (store === undefined) onNotice(memoryNotices[tokensIn])
  return tokens
}

function warn(notice: string): void {
  // oxlint-disable-next-line no-console -- a notice is for whoever develops
  console.warn(notice)
}
