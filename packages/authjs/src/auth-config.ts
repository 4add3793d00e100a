import type { AuthConfig } from '@auth/core'
import { ConfigurationError } from '@evergrant/core'

/** The configuration of Auth.js, or of one of its frameworks, before ours is added. */
export type AuthSettings = Partial<Omit<AuthConfig, 'raw'>>

/** The callbacks that are composed with the application's own. */
export type JwtCallback = NonNullable<NonNullable<AuthConfig['callbacks']>['jwt']>
export type SessionCallback = NonNullable<NonNullable<AuthConfig['callbacks']>['session']>
export type SignOutEvent = NonNullable<NonNullable<AuthConfig['events']>['signOut']>

/** Auth.js' own, in seconds. */
const defaultMaxAge = 2_592_000

/**
 * Checks what the tokens rely on.
 * @throws {ConfigurationError} sessions are in a database, or live longer than the tokens are kept
 */
export function checkAuthSettings({ adapter, session }: AuthSettings, maxAgeMs: number): void {
  const problems: string[] = []
  const isInDatabase = session?.strategy === undefined ? adapter !== undefined : session.strategy !== 'jwt'
  if (isInDatabase) {
    problems.push(
      'With sessions in a database Auth.js calls no jwt callback: set session: { strategy: "jwt" }. The adapter may stay.',
    )
  }
  if ((session?.maxAge ?? defaultMaxAge) * 1000 > maxAgeMs) {
    problems.push(
      'session.maxAge (in seconds; 30 days unless it is set) is longer than maxAgeMs of createAuthTokens: raise maxAgeMs, or set a shorter session.maxAge.',
    )
  }
  if (problems.length > 0) throw new ConfigurationError('Auth.js cannot keep these tokens', problems)
}
