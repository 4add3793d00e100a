import { ConfigurationError } from '../errors/configuration-error.ts'
import { shortHash } from '../short-hash.ts'
import type { Grant } from './grant.ts'

/** Options of {@link refreshTokenGrant}. */
export interface RefreshTokenGrantOptions {
  /** The token, or an API key that acts as one. */
  readonly refreshToken: string
  /** Space-separated scope to ask for; never wider than what was granted. Default: none is sent. */
  readonly scope?: string | undefined
  /** True if the server forgets the token once it is used. Default false: an API key works for ever. */
  readonly isSingleUse?: boolean | undefined
  /** What a person does when the token is refused. */
  readonly refusalAdvice?: string | undefined
}

/**
 * A refresh token from configuration, such as an API key that acts as an offline refresh token. It stays in
 * configuration: a refusal never erases it, and a restart uses it again.
 * @throws {ConfigurationError} the token is empty
 * @see RFC 6749 §6
 */
export function refreshTokenGrant(options: RefreshTokenGrantOptions): Grant {
  const { refreshToken, scope } = options ?? {}
  if (typeof refreshToken !== 'string' || refreshToken === '') {
    throw new ConfigurationError('refreshTokenGrant cannot work', [
      'refreshToken must be a non-empty string.',
    ])
  }
  return {
    grantType: 'refresh_token',
    isRepeatable: true,
    presentsCredentials: true,
    needsClaim: options.isSingleUse ?? false,
    // Half of a 64-bit hash: enough to tell two keys apart, too little to find one.
    seed: shortHash(refreshToken).slice(0, 8),
    scope,
    refusalAdvice:
      options.refusalAdvice ?? 'Configure a new refresh token; Evergrant will not try this one again.',
    parameters: async () => ({
      values: { refresh_token: refreshToken, ...(scope ? { scope } : {}) },
      secrets: [refreshToken],
    }),
  }
}
