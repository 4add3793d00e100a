import type { TokenManager } from '@evergrant/core'

/** When the tokens of a session end, in epoch milliseconds; infinite where the server names no life of the refresh token. */
export function endOfTokens(manager: Pick<TokenManager, 'explain'>): number {
  const { refreshToken, accessToken } = manager.explain()
  if (refreshToken.expiresAt === undefined) return Number.POSITIVE_INFINITY
  return Math.max(refreshToken.expiresAt, accessToken?.expiresAt ?? 0)
}

/** Tells whether the known life of the refresh token is over, and the access token's, too. */
export function isPastRefresh(manager: Pick<TokenManager, 'explain'>, now: number): boolean {
  return endOfTokens(manager) <= now
}

/** Tells whether only a sign-in leads to another token. */
export function needsPerson(manager: Pick<TokenManager, 'explain'>): boolean {
  return manager.explain().step.action === 'reauthorize'
}
