import type { Clock } from '@evergrant/core'
import { HeldToken } from './held-token.ts'
import type { SharedToken } from './token-message.ts'

/** What another tab has to know of a token beside the token itself. */
export type TokenLabel = Pick<SharedToken, 'signInId' | 'scope' | 'generation' | 'answers'>

/** A held token as it travels to another tab; undefined: it is worth nothing any more. */
export function shareToken(token: HeldToken, label: TokenLabel, clock: Clock): SharedToken | undefined {
  const { remainingMs, isRejected } = token
  if (isRejected || (remainingMs !== undefined && remainingMs <= 0)) return undefined
  const { accessToken, lifetimeMs, requestedAt, monotonicAt } = token.facts
  const since = Number.isFinite(requestedAt) ? requestedAt : monotonicAt
  const ageMs = Math.max(0, clock.monotonic() - since)
  return { type: 'token', ...label, accessToken, remainingMs, lifetimeMs, ageMs }
}

/** A token of another tab as it is held here. `sinceAt`: it was sent at this monotonic time or later, if that is known. */
export function adoptToken(
  shared: SharedToken,
  sinceAt: number | undefined,
  clock: Clock,
  draw: number,
): HeldToken {
  const { accessToken, lifetimeMs, remainingMs, ageMs } = shared
  const monotonicAt = sinceAt ?? clock.monotonic()
  const wallAt = clock.wall() - (clock.monotonic() - monotonicAt)
  // A message may have been on its way for any time: without a question that it answers, the token never counts as new.
  const requestedAt = sinceAt === undefined ? Number.NEGATIVE_INFINITY : sinceAt - ageMs
  return new HeldToken(
    { accessToken, lifetimeMs, remainingMs, monotonicAt, wallAt, requestedAt, draw },
    clock,
  )
}
