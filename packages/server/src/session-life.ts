import type { TokenManager } from '@evergrant/core'

/** When the refresh token ends, in epoch milliseconds; infinite where the server names no life of it, or gives none. */
export function endOfTokens(manager: Pick<TokenManager, 'explain'>): number {
  return manager.explain().refreshToken.expiresAt ?? Number.POSITIVE_INFINITY
}

/** Tells whether the known life of the refresh token is over. */
export function isPastRefresh(manager: Pick<TokenManager, 'explain'>, now: number): boolean {
  return endOfTokens(manager) <= now
}

/** Tells whether only a sign-in leads to another token. */
export function needsPerson(manager: Pick<TokenManager, 'explain'>): boolean {
  return manager.explain().step.action === 'reauthorize'
}
