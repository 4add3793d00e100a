import { ConfigurationError } from '@evergrant/core'
import type { RequestLike } from '@evergrant/server'
import { getToken } from '@auth/core/jwt'
import type { JWT, JWTOptions } from '@auth/core/jwt'

/** How to read the session cookie that Auth.js writes. */
export interface SessionCookieSettings {
  /** Auth.js' own secret, or several during a rotation. Default: `AUTH_SECRET`, as Auth.js reads it. */
  readonly secret?: string | readonly string[] | undefined
  /** Default: Auth.js' own name, with `__Secure-` where the page is https. */
  readonly cookieName?: string | undefined
  readonly useSecureCookies?: boolean | undefined
  /** Default: Auth.js' own. */
  readonly decode?: JWTOptions['decode'] | undefined
}

const plainName = 'authjs.session-token'
const secureName = `__Secure-${plainName}`

/**
 * Reads the JWT of Auth.js' session cookie; null: nobody is signed in. Reads cookies only: a bearer token is no session.
 * @throws {ConfigurationError} there is no secret
 */
export async function readSessionCookie(
  { headers }: RequestLike,
  settings: SessionCookieSettings,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<JWT | null> {
  const cookie = headers.get('cookie')
  if (cookie === null) return null
  // As Auth.js itself: an empty secret is none.
  const secret = settings.secret?.length ? [settings.secret].flat() : secretsOf(env)
  if (secret.length === 0) {
    throw new ConfigurationError('The session cookie cannot be read', [
      'Set AUTH_SECRET, or pass secret to the configuration of Auth.js.',
    ])
  }
  const { decode, useSecureCookies } = settings
  const cookieName = settings.cookieName ?? nameIn(cookie, useSecureCookies)
  return getToken({
    req: { headers: new Headers({ cookie }) },
    secret,
    cookieName,
    ...(decode && { decode }),
  })
}

function nameIn(cookie: string, isSecure: boolean | undefined): string {
  if (isSecure !== undefined) return isSecure ? secureName : plainName
  return cookie.includes(`${secureName}=`) || cookie.includes(`${secureName}.0=`) ? secureName : plainName
}

// As Auth.js itself: the numbered ones are newer. The last one is what next-auth still takes.
function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const names = ['AUTH_SECRET_3', 'AUTH_SECRET_2', 'AUTH_SECRET_1', 'AUTH_SECRET', 'NEXTAUTH_SECRET']
  return names.flatMap(name => env[name] || [])
}
