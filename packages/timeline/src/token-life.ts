import type { TimelineExplanation } from './read-explanation.ts'

/** The life of one access token, as far as events and explanations tell. Instants in epoch milliseconds. */
export interface TokenLife {
  /** When the token was asked for, or when this process adopted it. */
  readonly issuedAt: number
  /** Undefined: the server named no lifetime. */
  readonly expiresAt: number | undefined
  /** From here on a refresh runs in the background. Undefined: not known. */
  readonly advisoryAt: number | undefined
  /** From here on callers wait. Undefined: not known. */
  readonly mandatoryAt: number | undefined
  /** How it came: `refresh-token`, `re-grant`, `sign-in`; undefined if another process obtained it. */
  readonly rung: string | undefined
  /** Why it was asked for, as in `exchange-started`. */
  readonly because: string | undefined
  /** How long the token request took, in milliseconds. */
  readonly tookMs: number | undefined
  /** When the API refused it. */
  readonly rejectedAt: number | undefined
  /** When another token took its place, or the user signed out. Undefined: it is the current one. */
  readonly endedAt: number | undefined
}

/** How far two readings of one expiry may lie apart, in milliseconds: each is computed from durations. */
const sameExpiryMs = 2000

/** Tells whether two expiries are one, read twice. */
export function isSameExpiry(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && Math.abs(one - other) <= sameExpiryMs
}

/** The windows of a token whose lifetime is known, by the rule of core's `windowsOf`. */
export function windowInstants(
  expiresAt: number | undefined,
  lifetimeMs: number | undefined,
  slowestMs: number,
): Pick<TokenLife, 'advisoryAt' | 'mandatoryAt'> {
  if (expiresAt === undefined || lifetimeMs === undefined || lifetimeMs <= 0)
    return { advisoryAt: undefined, mandatoryAt: undefined }
  const mandatoryMs = Math.min(60_000, lifetimeMs / 10)
  const wantedMs = Math.max(Math.min(900_000, lifetimeMs / 5), mandatoryMs + 2 * slowestMs)
  return {
    advisoryAt: expiresAt - Math.min(wantedMs, lifetimeMs / 2),
    mandatoryAt: expiresAt - mandatoryMs,
  }
}

/** Returns the current life, which is the last one unless it ended. */
export function currentLife(lives: readonly TokenLife[]): TokenLife | undefined {
  const last = lives.at(-1)
  return last?.endedAt === undefined ? last : undefined
}

/** Ends the current life at `at`, and begins `next` if there is one. */
export function succeed(lives: readonly TokenLife[], at: number, next?: TokenLife): readonly TokenLife[] {
  const ended = withCurrent(lives, life => ({ ...life, endedAt: Math.max(at, life.issuedAt) }))
  return next === undefined ? ended : [...ended, next]
}

/** Replaces the current life by what `change` makes of it. */
export function withCurrent(
  lives: readonly TokenLife[],
  change: (life: TokenLife) => TokenLife,
): readonly TokenLife[] {
  const current = currentLife(lives)
  return current === undefined ? lives : [...lives.slice(0, -1), change(current)]
}

/**
 * Takes over what an explanation knows: the windows of the current token, whether the API refuses it, or a token that no
 * event announced. `at` is when the last event happened: explanations have no instant of their own.
 */
export function explainLives(
  lives: readonly TokenLife[],
  accessToken: TimelineExplanation['accessToken'],
  at: number | undefined,
): readonly TokenLife[] {
  const current = currentLife(lives)
  if (accessToken === undefined) return lives
  const { expiresAt, lifetimeMs, advisoryMs, mandatoryMs, isRejected } = accessToken
  // An API that takes a refused token again tells no event.
  const judged = (life: TokenLife): TokenLife => ({
    ...life,
    rejectedAt: isRejected ? (life.rejectedAt ?? Math.max(life.issuedAt, at ?? life.issuedAt)) : undefined,
  })
  if (expiresAt === undefined) return current?.expiresAt === undefined ? withCurrent(lives, judged) : lives
  const issuedAt = lifetimeMs === undefined ? undefined : expiresAt - lifetimeMs
  const known = {
    expiresAt,
    advisoryAt: advisoryMs === undefined ? undefined : expiresAt - advisoryMs,
    mandatoryAt: mandatoryMs === undefined ? undefined : expiresAt - mandatoryMs,
  }
  if (isSameExpiry(current?.expiresAt, expiresAt)) {
    // An adopted token was issued before it was adopted; then the explanation knows better.
    return withCurrent(lives, life => judged({ ...life, ...known, issuedAt: issuedAt ?? life.issuedAt }))
  }
  // An older expiry: the explanation was written before the last event.
  if (issuedAt === undefined || expiresAt < (current?.expiresAt ?? 0)) return lives
  const last = lives.at(-1)
  if (last?.endedAt !== undefined && issuedAt < last.endedAt) return lives
  const next = {
    ...known,
    issuedAt,
    rung: undefined,
    because: undefined,
    tookMs: undefined,
    rejectedAt: undefined,
    endedAt: undefined,
  }
  return succeed(lives, issuedAt, judged(next))
}
