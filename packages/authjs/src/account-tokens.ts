import type { ObtainedTokens } from '@evergrant/core/record'

/** What Auth.js hands to the `jwt` callback when somebody has signed in, as far as it is read. Wire names, seconds. */
export interface AccountTokens {
  readonly access_token?: unknown
  readonly refresh_token?: unknown
  readonly scope?: unknown
  /** Seconds from the token response. */
  readonly expires_in?: unknown
  /** Epoch seconds, as Auth.js has worked them out. */
  readonly expires_at?: unknown
  /** Keycloak's. Seconds; 0 or less means that it does not say. */
  readonly refresh_expires_in?: unknown
}

/**
 * Reads the tokens of an account: the one place where Auth.js' seconds become milliseconds. Undefined: the provider gave
 * no access token.
 */
export function tokensOfAccount(account: AccountTokens, now: number): ObtainedTokens | undefined {
  const accessToken = textOf(account.access_token)
  if (accessToken === undefined) return undefined
  const refreshMs = msOf(account.refresh_expires_in)
  return {
    accessToken,
    refreshToken: textOf(account.refresh_token),
    scope: textOf(account.scope),
    lifetimeMs: msOf(account.expires_in) ?? remainingMs(account.expires_at, now),
    refreshLifetimeMs: refreshMs !== undefined && refreshMs > 0 ? refreshMs : undefined,
  }
}

/** No instant in seconds is so large before the year 5138: what is larger was written in milliseconds. */
const firstMilliseconds = 100_000_000_000

/** The largest lifetime that is believed, as in the engine: a larger one would not survive a record. */
const longestMs = (2 ** 31 - 1) * 1000

function remainingMs(expiresAt: unknown, now: number): number | undefined {
  const instant = numberOf(expiresAt)
  if (instant === undefined) return undefined
  return believed((instant < firstMilliseconds ? instant * 1000 : instant) - now)
}

function msOf(seconds: unknown): number | undefined {
  const value = numberOf(seconds)
  return value === undefined ? undefined : believed(value * 1000)
}

function believed(ms: number): number {
  return Math.max(-longestMs, Math.min(longestMs, ms))
}

/** Some servers write numbers as text. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
