import type { DueReason } from './refresh-policy.ts'
import type {
  Claim,
  DeadGrant,
  StoredAccessToken,
  StoredFailure,
  StoredRefreshToken,
  TokenRecord,
} from './token-record.ts'
import type { IssuedTokens } from './token-response.ts'

/** Restates every duration of a record that was written `elapsedMs` ago, so that it can be written again now. */
export function aged(record: TokenRecord, elapsedMs: number): TokenRecord {
  const later = <T extends { readonly remainingAtWriteMs?: number | undefined }>(token: T): T =>
    token.remainingAtWriteMs === undefined
      ? token
      : { ...token, remainingAtWriteMs: token.remainingAtWriteMs - elapsedMs }
  const { refresh, access, rejection, failure, familyAgeMs } = record
  return {
    ...record,
    access: Object.fromEntries(Object.entries(access).map(([variant, token]) => [variant, later(token)])),
    ...(familyAgeMs !== undefined && { familyAgeMs: familyAgeMs + elapsedMs }),
    ...(refresh && { refresh: later(refresh) }),
    ...(rejection && { rejection: { ...rejection, msAgo: rejection.msAgo + elapsedMs } }),
    ...(failure && { failure: { ...failure, retryInMs: Math.max(0, failure.retryInMs - elapsedMs) } }),
  }
}

/** Announces a redemption. The predecessor stays visible when a claim is taken over. */
export function withClaim(record: TokenRecord, claim: Omit<Claim, 'attempt' | 'previous'>): TokenRecord {
  const { claim: old } = record
  const isSameToken = old !== undefined && old.refreshHash === claim.refreshHash
  return {
    ...record,
    claim: {
      ...claim,
      attempt: isSameToken ? old.attempt + 1 : 1,
      ...(old && { previous: { id: old.id, refreshHash: old.refreshHash } }),
    },
  }
}

/** Ends a claim. `isAmbiguous` leaves a trace: the server may have acted on it. */
export function withoutClaim(record: TokenRecord, isAmbiguous: boolean): TokenRecord {
  if (isAmbiguous && record.claim) return { ...record, claim: { ...record.claim, holdMs: 0 } }
  const { claim: _claim, ...rest } = record
  return rest
}

/** Marks a refresh token as refused. The record is never emptied: a sibling may still know better. */
export function withDead(record: TokenRecord, dead: DeadGrant): TokenRecord {
  return { ...withoutClaim(record, false), dead }
}

/** Remembers a failure, so that the whole fleet backs off. */
export function withFailure(record: TokenRecord, failure: StoredFailure, isAmbiguous: boolean): TokenRecord {
  return { ...withoutClaim(record, isAmbiguous), failure }
}

/** Signed out: what was held is gone, and whoever wakes up late must not bring it back. */
export function tombstone(record: TokenRecord): TokenRecord {
  const {
    refresh: _refresh,
    access: _access,
    claim: _claim,
    dead: _dead,
    failure: _failure,
    isPersons: _isPersons,
    ...rest
  } = record
  return { ...rest, access: {}, generation: record.generation + 1, signedOut: true }
}

/** What an exchange brought, ready to be written. */
export interface Issue {
  readonly variant: string
  readonly tokens: IssuedTokens
  /** The refresh token that was redeemed; absent when a grant was used. */
  readonly redeemed?: StoredRefreshToken | undefined
  /** The hash of the new refresh token, if there is one. */
  readonly refreshHash?: string | undefined
  /** From before the request was sent until now, in milliseconds. */
  readonly ageMs: number
  readonly because: DueReason | 'sign-in'
  readonly killsOtherAccessTokens: boolean
}

/** The record after a successful exchange. An omitted refresh token keeps the old one (RFC 6749 §6). */
export function withIssue(record: TokenRecord, issue: Issue): TokenRecord {
  const { claim: _c, dead: _d, failure: _f, signedOut: _s, refresh: _r, rejection, ...rest } = record
  const refresh = refreshAfter(issue)
  const dead = deadAfter(record, issue)
  const others = issue.killsOtherAccessTokens ? {} : record.access
  const refused = issue.because === 'rejected' ? { count: (rejection?.count ?? 0) + 1, msAgo: 0 } : rejection
  return {
    ...rest,
    generation: record.generation + 1,
    access: { ...others, [issue.variant]: accessOf(issue) },
    ...(refresh && { refresh }),
    ...(dead && { dead }),
    ...(refused && { rejection: refused }),
  }
}

// A server that takes no refresh tokens from this client refuses the next one too: only a redemption proves otherwise.
function deadAfter({ dead }: TokenRecord, { redeemed, refreshHash }: Issue): DeadGrant | undefined {
  return dead?.reason === 'rung-unsupported' && redeemed === undefined ? { ...dead, refreshHash } : undefined
}

function accessOf({ tokens, ageMs }: Issue): StoredAccessToken {
  const { accessToken, tokenType, scope, lifetimeMs } = tokens
  return {
    token: accessToken,
    type: tokenType,
    ...(scope !== undefined && { scope }),
    ...(lifetimeMs !== undefined && { lifetimeMs, remainingAtWriteMs: lifetimeMs - ageMs }),
  }
}

function refreshAfter({ tokens, redeemed, refreshHash, ageMs }: Issue): StoredRefreshToken | undefined {
  if (tokens.refreshToken === undefined || refreshHash === undefined) return redeemed
  const { refreshLifetimeMs } = tokens
  return {
    token: tokens.refreshToken,
    hash: refreshHash,
    ...(redeemed && { parentHash: redeemed.hash }),
    ...(refreshLifetimeMs !== undefined && {
      lifetimeMs: refreshLifetimeMs,
      remainingAtWriteMs: refreshLifetimeMs - ageMs,
    }),
  }
}

/** What a result names: where it came from. */
export interface Lineage {
  readonly family: string
  /** The hash of the refresh token that was redeemed; undefined for a grant. */
  readonly redeemedHash: string | undefined
  /** The generation that the exchange started from. */
  readonly generation: number
}

/**
 * Decides what a result does when something else was written meanwhile. Lineage decides, not who came last: the rule
 * "a newer version wins" loses the live refresh token in 20 of 70 interleavings of two holders.
 */
export function judgeConflict(
  current: TokenRecord | undefined,
  lineage: Lineage,
): 'recreate' | 'overwrite' | 'adopt' | 'superseded' {
  if (current === undefined) return 'recreate'
  if (isEnded(current, lineage)) return 'superseded'
  const { redeemedHash } = lineage
  // A grant redeems nothing: it only yields to what another exchange brought meanwhile.
  if (redeemedHash === undefined) return current.generation === lineage.generation ? 'overwrite' : 'adopt'
  const isStillOurs = current.refresh?.hash === redeemedHash || current.dead?.refreshHash === redeemedHash
  return isStillOurs ? 'overwrite' : 'adopt'
}

/** Somebody has signed out or in: the tokens of that family are nobody's any more. */
export function isEnded(
  { signedOut, family: now }: TokenRecord,
  { family }: Pick<TokenRecord, 'family'>,
): boolean {
  return signedOut === true || now !== family
}

/** What was kept for a store that was down is no longer wanted: somebody signed in or out since, or went further. */
export function isOvertaken(unsaved: TokenRecord, current: TokenRecord): boolean {
  return isEnded(current, unsaved) || current.generation > unsaved.generation
}
