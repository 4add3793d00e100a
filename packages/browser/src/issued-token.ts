import type { Clock } from '@evergrant/core'
import { HeldToken } from './held-token.ts'
import type { NewToken } from './held-token.ts'
import type { TokenAnswer } from './token-answer.ts'

/** A token as the server gave it. `asked`: when it was requested. */
export function issuedToken(
  { accessToken, expiresInMs }: TokenAnswer,
  before: HeldToken | undefined,
  asked: Pick<NewToken, 'monotonicAt' | 'wallAt'>,
  clock: Clock,
  draw: number,
): HeldToken {
  // What is left of a token says little about its life: the longest that was seen counts.
  const lifetimeMs = expiresInMs && Math.max(expiresInMs, before?.facts.lifetimeMs ?? 0)
  const facts = { accessToken, lifetimeMs, remainingMs: expiresInMs, draw, ...asked }
  return new HeldToken({ ...facts, requestedAt: asked.monotonicAt }, clock)
}
