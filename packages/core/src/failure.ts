import type { AuthorizationServer } from './authorization.ts'

/**
 * The kinds of failure, by what follows from them.
 * `transient`: keep everything, back off. `grant-dead`: descend the ladder. `rung-unsupported`: the same, and this
 * rung is no use here. `misconfigured`: say so, remember it briefly, erase nothing. `credentials-rejected`: stop until
 * they change. `variant-refused`: this scope or resource only.
 */
export type FailureKind =
  | 'transient'
  | 'grant-dead'
  | 'rung-unsupported'
  | 'misconfigured'
  | 'credentials-rejected'
  | 'variant-refused'

/** The two rungs of the ladder that need nobody. */
export type Rung = 'refresh-token' | 're-grant'

/** What the classification looks at. */
export interface Refusal {
  readonly error: string
  readonly status: number
  readonly rung: Rung
  /** Whether the grant presents a user's password or an API key. */
  readonly presentsCredentials: boolean
}

/**
 * Sorts a readable error answer. Never looks at `error_description`, whose words differ from release to release.
 * @see RFC 6749 §5.2
 */
export function classifyRefusal(refusal: Refusal, server: AuthorizationServer): FailureKind {
  const { error, status, rung, presentsCredentials } = refusal
  if (isUnavailableStatus(status) || transientErrors.has(error)) return 'transient'
  if (error === 'invalid_grant' || server.deadGrantErrors?.includes(error)) {
    if (rung === 'refresh-token') return 'grant-dead'
    return presentsCredentials ? 'credentials-rejected' : 'misconfigured'
  }
  if (error === 'invalid_scope' || error === 'invalid_target') return 'variant-refused'
  // Keycloak answers a wrong client secret with 401 unauthorized_client; only another status means "not this grant".
  const isGrantTypeRefused =
    error === 'unsupported_grant_type' || (error === 'unauthorized_client' && status !== 401)
  if (rung === 'refresh-token' && isGrantTypeRefused) return 'rung-unsupported'
  return 'misconfigured'
}

/** Statuses that say "not now": 408, 429 and 5xx. */
export function isUnavailableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

const transientErrors = new Set(['temporarily_unavailable', 'server_error', 'slow_down'])

const longestRetryAfterMs = 3_600_000

/**
 * Reads a `Retry-After` header, in seconds or as a date, as a duration in milliseconds; at most an hour.
 * @see RFC 9110 §10.2.3
 */
export function readRetryAfterMs(header: string | null, wallNow: number): number | undefined {
  if (header === null) return undefined
  const text = header.trim()
  const delayMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : readHttpDate(text) - wallNow
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), longestRetryAfterMs)
}

// Date.parse alone takes "-5" and "error 2050" for dates, and the oldest form, which names no zone, for local time.
function readHttpDate(text: string): number {
  if (!/^(Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)(day)?\b.* \d\d:\d\d:\d\d\b/.test(text))
    return Number.NaN
  return Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
}

/**
 * How long to wait after the `attempts`th failure in a row: doubling from 1 s to 30 s, to five minutes for tokens that
 * live an hour or more; the wait is drawn from the upper half, so that a fleet spreads.
 */
export function backOffMs(attempts: number, lifetimeMs: number | undefined, random: () => number): number {
  const capMs = lifetimeMs !== undefined && lifetimeMs >= 3_600_000 ? 300_000 : 30_000
  const ceilingMs = Math.min(capMs, 1000 * 2 ** Math.min(attempts - 1, 20))
  return ceilingMs / 2 + (ceilingMs / 2) * random()
}
