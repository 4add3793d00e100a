import type { Authorization } from './authorization.ts'
import { bindingOf, credentialKey } from './credential-key.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Grant } from './grants/grant.ts'
import { claimKey } from './key-claim.ts'
import { resolveOptions } from './manager-options.ts'
import type { SharedOptions } from './manager-options.ts'
import { TokenManager } from './token-manager.ts'
import { validateAuthorization } from './validate.ts'

/** Options of {@link createTokenManager}. */
export interface TokenManagerOptions extends SharedOptions {
  /** The credential's key in the store. Default: provider, a hash of server and client, and `application`. */
  readonly key?: string | undefined
}

/**
 * Creates the manager of one credential. It does no I/O before the first call. Managers of the same credential, in this
 * process or others that share the store, share one refresh.
 * @throws {ConfigurationError} the authorization or an option cannot work; every fault is named
 * @example
 * const tokens = createTokenManager(truphone({ clientId, clientSecret }))
 * const response = await tokens.fetch('sims?per_page=10')
 */
export function createTokenManager(
  authorization: Authorization,
  options: TokenManagerOptions = {},
): TokenManager {
  validateAuthorization(authorization)
  const { grant } = authorization
  if (grant === undefined) {
    throw new ConfigurationError(`${authorization.provider} has no grant of its own`, [
      'Its users sign in: pass it to createUserTokens, and sign each of them in.',
    ])
  }
  const resolved = resolveOptions(options)
  const binding = bindingOf(authorization)
  const key = options?.key ?? credentialKey(authorization.provider, binding)
  if (typeof key !== 'string' || key === '') {
    throw new ConfigurationError('The options cannot work', ['key must be a non-empty string.'])
  }
  if (options?.key === undefined && isNameless(grant)) {
    throw new ConfigurationError(`${authorization.provider} cannot tell whose credentials these are`, [
      'A callback names no user, and two users must never share a token: give the grant a subject, or pass a key.',
    ])
  }
  return new TokenManager(authorization, key, resolved, claimKey(resolved.store, key, binding))
}

function isNameless({ presentsCredentials, subject, seed }: Grant): boolean {
  return presentsCredentials && subject === undefined && seed === undefined
}
