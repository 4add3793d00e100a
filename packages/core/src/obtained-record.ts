import type { AuthorizationBase } from './authorization.ts'
import { withIssue } from './commit.ts'
import { bindingOf } from './credential-key.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { hashToken } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'

/** Tokens that another library obtained for a user, such as one that does redirect sign-ins. */
export interface ObtainedTokens {
  readonly accessToken: string
  readonly scope?: string | undefined
  /** How long the access token lives from now on, in milliseconds. Absent: not known, it is used until refused. */
  readonly lifetimeMs?: number | undefined
  readonly refreshToken?: string | undefined
  /** How long the refresh token lives from now on, in milliseconds. Absent: not known. */
  readonly refreshLifetimeMs?: number | undefined
}

/**
 * Builds the record of a sign-in that somebody else completed: a new family, as after `signIn`. Whoever writes it under a
 * manager's key hands these tokens over, and uses the refresh token never again.
 * @throws {ConfigurationError} there is no access token
 */
export async function recordOf(
  authorization: AuthorizationBase,
  tokens: ObtainedTokens,
): Promise<TokenRecord> {
  const { accessToken, refreshToken, lifetimeMs, refreshLifetimeMs, scope } = tokens
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw new ConfigurationError('There is nothing to hand over', ['accessToken must be a non-empty string.'])
  }
  const hasRefresh = refreshToken !== undefined && refreshToken !== ''
  const first = {
    schema: 1,
    binding: bindingOf(authorization),
    family: crypto.randomUUID(),
    familyAgeMs: 0,
    generation: 0,
    access: {},
    isPersons: true,
  } as const
  return withIssue(first, {
    variant: '',
    tokens: {
      accessToken,
      tokenType: 'Bearer',
      raw: {},
      ...(lifetimeMs !== undefined && { lifetimeMs }),
      ...(scope !== undefined && { scope }),
      ...(hasRefresh && { refreshToken }),
      ...(hasRefresh && refreshLifetimeMs !== undefined && { refreshLifetimeMs }),
    },
    refreshHash: hasRefresh ? await hashToken(refreshToken) : undefined,
    ageMs: 0,
    because: 'sign-in',
    killsOtherAccessTokens: true,
  })
}
