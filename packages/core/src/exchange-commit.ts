import { withIssue } from './commit.ts'
import type { Credential } from './credential.ts'
import type { StoreError } from './errors/store-error.ts'
import type { Rung } from './failure.ts'
import { persist } from './persist.ts'
import type { Persisted } from './persist.ts'
import type { DueReason } from './refresh-policy.ts'
import { revokeQuietly } from './session-end.ts'
import type { ExchangeResult, TokenRequest } from './token-endpoint.ts'
import { hashToken } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'
import type { IssuedTokens } from './token-response.ts'

export type Issued = Extract<ExchangeResult, { kind: 'issued' }>

/** An exchange that brought a token, and what it started from. */
export interface CommittableExchange {
  readonly issued: Issued
  readonly rung: Rung
  readonly because: DueReason
  /** The record as it was when the exchange was claimed. */
  readonly base: TokenRecord
  readonly variant: string
  /** Why nothing can be saved now. */
  readonly storeError?: StoreError | undefined
}

/**
 * Saves what an exchange brought, by lineage, and only then lets it be seen. Tokens that nobody may use any more are
 * given back to the server.
 */
export async function commitExchange(
  credential: Credential,
  exchange: CommittableExchange,
): Promise<Persisted> {
  const { issued, rung, base, variant } = exchange
  const { tokens, timing, warnings } = issued
  const { environment } = credential
  const before = credential.accessToken(variant)?.token
  const redeemed = rung === 'refresh-token' ? base.refresh : undefined
  const kept = tokensToKeep(exchange)
  const refreshHash = kept.refreshToken === undefined ? undefined : await hashToken(kept.refreshToken)
  const persisted = await persist(credential, {
    variant,
    timing,
    storeError: exchange.storeError,
    lineage: { family: base.family, redeemedHash: redeemed?.hash, generation: base.generation },
    build: issueBuilder(credential, exchange, kept, refreshHash),
  })
  if (persisted === 'superseded') {
    await revokeQuietly(environment, tokens)
    return persisted
  }
  if (rung === 're-grant') credential.hasSucceeded = true
  for (const message of warnings) environment.emit({ type: 'warned', message })
  if (before === tokens.accessToken) guardAgainstNoProgress(credential, variant)
  environment.emit({
    type: 'token-obtained',
    rung,
    expiresAt: credential.expiresAt(variant),
    tookMs: timing.tookMs,
    isRotated: redeemed !== undefined && refreshHash !== undefined && refreshHash !== redeemed.hash,
  })
  return persisted
}

/** A server that returns the API key as the refresh token must not make it part of a session that can be revoked. */
export function withoutEcho(issued: Issued, request: TokenRequest): Issued {
  const { refreshToken, ...rest } = issued.tokens
  const isEcho = refreshToken !== undefined && request.parameters.secrets.includes(refreshToken)
  return isEcho ? { ...issued, tokens: rest } : issued
}

// A grant that asked for a narrower scope brings a narrower refresh token: with it the whole family would shrink.
function tokensToKeep({ issued, rung, variant }: CommittableExchange): IssuedTokens {
  if (rung === 'refresh-token' || variant === '') return issued.tokens
  const { refreshToken: _narrow, ...rest } = issued.tokens
  return rest
}

/** Lays the new tokens over whatever record stands in the store at that moment. */
function issueBuilder(
  credential: Credential,
  { issued, rung, because, base, variant }: CommittableExchange,
  tokens: IssuedTokens,
  refreshHash: string | undefined,
): (current: TokenRecord) => TokenRecord {
  const { environment, held } = credential
  const { timing } = issued
  const redeemed = rung === 'refresh-token' ? base.refresh : undefined
  const count = (held && credential.variants.get(variant)?.rejectionCount(held)) ?? 0
  const killsOtherAccessTokens =
    redeemed !== undefined && (environment.authorization.server.refreshKillsAccessToken ?? false)
  return current =>
    withIssue(because === 'rejected' ? { ...current, rejection: { count, msAgo: 0 } } : current, {
      variant,
      tokens,
      redeemed: redeemed && (current.refresh?.hash === redeemed.hash ? current.refresh : redeemed),
      refreshHash,
      ageMs: environment.clock.monotonic() - timing.sentMonotonicAt,
      because,
      killsOtherAccessTokens,
    })
}

function guardAgainstNoProgress(credential: Credential, variant: string): void {
  const remainingMs = credential.policyState(variant).access?.remainingMs
  if (remainingMs !== undefined) credential.variants.get(variant)?.guardAgainstNoProgress(remainingMs)
}
