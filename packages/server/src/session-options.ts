import { ConfigurationError } from '@evergrant/core'
import type { Authorization, SharedOptions } from '@evergrant/core'
import { keyProblems } from '@evergrant/core/record'

/** Options of {@link createSessions}. */
export interface SessionsOptions extends SharedOptions {
  /** Whose users sign in, without a grant: `travis.customers`, `erStudioTeamServer.users`, `keycloak.users`. */
  readonly authorization: Authorization<never>
  /**
   * `store`: the cookie is an opaque id and the tokens stay in `store`. `cookie`: the tokens travel sealed in the cookie;
   * `store` then remembers rotations, and must be shared if there are several instances. Default `store`.
   */
  readonly tokensIn?: 'store' | 'cookie' | undefined
  /**
   * Seals the cookie: the first key seals, all of them open. Required with `tokensIn: 'cookie'`; each at least 32
   * characters, such as `node -p "crypto.randomBytes(32).toString('base64url')"` prints.
   */
  readonly keys?: string | readonly string[] | undefined
  /** When a session ends at the latest, in milliseconds. Default 7 days; a shorter life of the refresh token counts. */
  readonly maxAgeMs?: number | undefined
  readonly cookie?: SessionCookieOptions | undefined
  /**
   * Use a plainly named cookie without `Secure` where the page is plain http on this machine, as browsers refuse
   * `__Host-` cookies there. Default: true unless `NODE_ENV` is `production`.
   */
  readonly allowInsecureLoopback?: boolean | undefined
  /** Receives notices for whoever develops. Default `console.warn`. */
  readonly onNotice?: ((notice: string) => void) | undefined
}

/** The session cookie. It is always `HttpOnly`, of path `/` and without a domain. */
export interface SessionCookieOptions {
  /** Its name after the prefix `__Host-`. Two kinds of sessions in one application need two names. Default `evergrant`. */
  readonly name?: string | undefined
  /** Default `lax`: with `strict`, whoever follows a link from elsewhere is shown as signed out. */
  readonly sameSite?: 'strict' | 'lax' | undefined
}

/** The options of the sessions themselves, with defaults; the engine's own are resolved by the engine. */
export interface ResolvedSessionOptions {
  readonly tokensIn: 'store' | 'cookie'
  readonly keys: readonly string[]
  readonly maxAgeMs: number
  readonly cookieName: string
  readonly sameSite: 'strict' | 'lax'
  readonly allowInsecureLoopback: boolean
  /** Whether somebody has said so, and knows. */
  readonly isLoopbackChosen: boolean
  readonly onNotice: (notice: string) => void
}

const dayMs = 86_400_000
/** What browsers keep a cookie for at most. @see draft-ietf-httpbis-rfc6265bis §5.5 */
const longestMs = 400 * dayMs

/**
 * Fills in the defaults.
 * @throws {ConfigurationError} an option cannot work; every fault is named
 */
export function resolveSessionOptions(options: SessionsOptions): ResolvedSessionOptions {
  const { tokensIn = 'store', maxAgeMs = 7 * dayMs, cookie = {} } = options
  const keys = typeof options.keys === 'string' ? [options.keys] : (options.keys ?? [])
  const { name: cookieName = 'evergrant', sameSite = 'lax' } = cookie
  const problems = [
    ...modeProblems(tokensIn, options.keys),
    ...(tokensIn === 'cookie' && options.keys !== undefined ? keyProblems(keys) : []),
    ...cookieProblems(cookie, cookieName, sameSite),
  ]
  if (!(maxAgeMs >= 1000 && maxAgeMs <= longestMs)) {
    problems.push('maxAgeMs must be a number of milliseconds between one second and 400 days.')
  }
  if (problems.length > 0) throw new ConfigurationError('createSessions cannot work', problems)
  return {
    tokensIn,
    keys,
    maxAgeMs,
    cookieName,
    sameSite,
    allowInsecureLoopback: options.allowInsecureLoopback ?? !isProduction(),
    isLoopbackChosen: options.allowInsecureLoopback === true,
    // oxlint-disable-next-line no-console -- a notice is for whoever develops
    onNotice: options.onNotice ?? (notice => console.warn(notice)),
  }
}

function modeProblems(tokensIn: unknown, keys: unknown): string[] {
  if (tokensIn !== 'store' && tokensIn !== 'cookie') return ["tokensIn must be 'store' or 'cookie'."]
  if (tokensIn === 'cookie' && keys === undefined) {
    return ["tokensIn: 'cookie' needs keys to seal the cookie with, each at least 32 characters."]
  }
  if (tokensIn === 'store' && keys !== undefined) {
    return ["keys seal cookies: leave them out, or set tokensIn: 'cookie'."]
  }
  return []
}

function cookieProblems(cookie: object, name: unknown, sameSite: unknown): string[] {
  const problems: string[] = []
  if (typeof name !== 'string' || !/^[\w-]{1,40}$/.test(name) || /^__(?:host|secure|http)/i.test(name)) {
    problems.push('cookie.name must be 1 to 40 letters, digits, - or _; the prefix __Host- is added to it.')
  }
  if (sameSite !== 'strict' && sameSite !== 'lax') {
    problems.push("cookie.sameSite must be 'lax' or 'strict': the routes serve pages of this site only.")
  }
  for (const [option, value] of Object.entries(cookie)) {
    if (option === 'name' || option === 'sameSite' || value === undefined) continue
    problems.push(
      `cookie.${option} cannot be set: a __Host- cookie is Secure, HttpOnly, of path / and without a domain.`,
    )
  }
  return problems
}

function isProduction(): boolean {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  return process?.env?.['NODE_ENV'] === 'production'
}
