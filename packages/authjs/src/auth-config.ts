import type { AuthConfig } from '@auth/core'
import type { Provider } from '@auth/core/providers'
import { ConfigurationError } from '@evergrant/core'
import { withoutMember } from './token-member.ts'

/** The configuration of Auth.js, or of one of its frameworks, before ours is added. */
export type AuthSettings = Partial<Omit<AuthConfig, 'raw'>>

/** The callbacks that are composed with the application's own. */
export type JwtCallback = NonNullable<NonNullable<AuthConfig['callbacks']>['jwt']>
export type SessionCallback = NonNullable<NonNullable<AuthConfig['callbacks']>['session']>
export type SignOutEvent = NonNullable<NonNullable<AuthConfig['events']>['signOut']>
type SessionEvent = NonNullable<NonNullable<AuthConfig['events']>['session']>

/** Auth.js' own, in seconds. */
const defaultMaxAge = 2_592_000

/**
 * Checks what the tokens rely on.
 * @throws {ConfigurationError} sessions are in a database, or live longer than the tokens are kept, or two providers have
 * one id
 */
export function checkAuthSettings(
  settings: AuthSettings,
  maxAgeMs: number,
  added: readonly Provider[],
): void {
  const { adapter, session, jwt, providers = [] } = settings
  const problems: string[] = []
  const isInDatabase = session?.strategy === undefined ? adapter !== undefined : session.strategy !== 'jwt'
  if (isInDatabase) {
    problems.push(
      'With sessions in a database Auth.js calls no jwt callback: set session: { strategy: "jwt" }. The adapter may stay.',
    )
  }
  const maxAge = session?.maxAge ?? defaultMaxAge
  // A copy of a cookie lives as long as its JWT, and must not outlive the memory of the sign-out.
  if (Math.max(maxAge, jwt?.maxAge ?? maxAge) * 1000 > maxAgeMs) {
    problems.push(
      'session.maxAge or jwt.maxAge (in seconds; 30 days unless it is set) is longer than maxAgeMs of createAuthTokens: raise maxAgeMs, or set a shorter maxAge.',
    )
  }
  const ids = added.map(idOf)
  const twice = providers.map(idOf).find(id => ids.includes(id))
  // Auth.js takes the first: tokens of its server would be refreshed at that of the sign-in.
  if (twice !== undefined) {
    problems.push(`providers and signIns hold "${twice}" twice: give one of them another id.`)
  }
  if (problems.length > 0) throw new ConfigurationError('Auth.js cannot keep these tokens', problems)
}

// Where Auth.js itself finds it.
function idOf(provider: Provider): string {
  const { id, options } = typeof provider === 'function' ? provider() : provider
  return typeof options?.['id'] === 'string' ? options['id'] : id
}

/** The application's own event, which is not shown the ticket either. */
export function sessionEvent(own: SessionEvent): SessionEvent {
  return message => own({ ...message, token: withoutMember(message.token) })
}
