import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Grant } from './grant.ts'

/** A user name and password, as somebody typed or configured them. */
export interface PasswordCredentials {
  readonly username: string
  readonly password: string
}

/** Options of {@link passwordGrant}. */
export interface PasswordGrantOptions {
  /** Space-separated scope to ask for. Default: none is sent. */
  readonly scope?: string | undefined
  /** Whose credentials a callback returns, such as the user name: two users must never share a token. */
  readonly subject?: string | undefined
  /** Change this when the password changes, so that a fleet knows which refusal belongs to which password. */
  readonly credentialVersion?: string | undefined
}

/**
 * A user's name and password. Given to `signIn` it is used once and dropped; from configuration, or as a callback, it
 * is repeated when nothing else leads to a token. A refusal stops all further tries, because servers lock accounts.
 * RFC 9700 forbids this grant for new systems: it is here for APIs that know no other.
 * @throws {ConfigurationError} the user name or the password is empty
 * @see RFC 6749 §4.3, RFC 9700 §2.4
 */
export function passwordGrant(
  credentials: PasswordCredentials | (() => PasswordCredentials | Promise<PasswordCredentials>),
  options: PasswordGrantOptions = {},
): Grant {
  const isCallback = typeof credentials === 'function'
  if (!isCallback) checkCredentials(credentials)
  return {
    grantType: 'password',
    isRepeatable: true,
    presentsCredentials: true,
    needsClaim: true,
    outlivesSignIn: isCallback,
    refusalAdvice: 'Check the user name and the password; Evergrant will not try these again.',
    subject: options.subject ?? (isCallback ? undefined : credentials.username),
    scope: options.scope,
    credentialVersion: options.credentialVersion,
    async parameters() {
      const { username, password } = isCallback ? checkCredentials(await credentials()) : credentials
      const scope: Record<string, string> = options.scope ? { scope: options.scope } : {}
      return { values: { username, password, ...scope }, secrets: [password] }
    },
  }
}

function checkCredentials(credentials: PasswordCredentials): PasswordCredentials {
  const { username, password } = credentials ?? {}
  const problems = Object.entries({ username, password })
    .filter(([, value]) => typeof value !== 'string' || value === '')
    .map(([name]) => `${name} must be a non-empty string.`)
  if (problems.length > 0) throw new ConfigurationError('passwordGrant cannot work', problems)
  return credentials
}
