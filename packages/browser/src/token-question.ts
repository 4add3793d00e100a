import type { PolicyRequest } from '@evergrant/core'
import type { HeldToken } from './held-token.ts'
import type { TokenQuestion } from './token-answer.ts'

/**
 * Decides what to ask the token route for: something better than what is held. The server keeps a token of its own, and
 * would hand that out again while it renews it in the background.
 */
export function questionFor(
  token: HeldToken | undefined,
  { minTtlMs = 0, forceRefresh }: PolicyRequest,
  slowestMs: number,
): Pick<TokenQuestion, 'minTtlMs' | 'forceRefresh'> {
  if (forceRefresh || token?.isRejected) return { forceRefresh: true }
  const lifetimeMs = token?.facts.lifetimeMs
  if (token === undefined || lifetimeMs === undefined) return minTtlMs > 0 ? { minTtlMs } : {}
  const marginMs = Math.min(1000 + slowestMs, lifetimeMs / 4)
  return { minTtlMs: Math.ceil(Math.max(minTtlMs, Math.max(0, token.remainingMs ?? 0) + marginMs)) }
}
