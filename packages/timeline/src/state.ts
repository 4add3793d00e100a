import type { TimelineModel } from './model.ts'
import { currentLife } from './token-life.ts'
import type { TokenLife } from './token-life.ts'

/** How the credential is at one moment. */
export type TimelineState =
  | 'unknown'
  | 'fresh'
  | 'advisory'
  | 'mandatory'
  | 'expired'
  | 'rejected'
  | 'renewing'
  | 'struggling'
  | 'failing'
  | 'sign-in-needed'
  | 'signed-out'

/** What each state is called. */
export const stateLabels: Readonly<Record<TimelineState, string>> = {
  unknown: 'Not used yet',
  fresh: 'Fresh',
  advisory: 'Due for a background refresh',
  mandatory: 'About to expire',
  expired: 'Expired',
  rejected: 'Refused by the API',
  renewing: 'Renewing',
  struggling: 'In use, renewal fails',
  failing: 'No access token',
  'sign-in-needed': 'Sign-in needed',
  'signed-out': 'Signed out',
}

/** An exchange lives at most as long as its claim (25 s by default): one without an end is forgotten. */
const longestExchangeMs = 60_000

/** Says how the credential is at `now`, in epoch milliseconds. */
export function stateAt(model: TimelineModel, now: number): TimelineState {
  const life = currentLife(model.lives)
  if (model.personReason === 'signed-out') return 'signed-out'
  if (model.exchange !== undefined && now - model.exchange.startedAt < longestExchangeMs) return 'renewing'
  if (model.personReason !== undefined) return 'sign-in-needed'
  const isUsable = life !== undefined && (life.expiresAt === undefined || now < life.expiresAt)
  if (model.failure !== undefined) return isUsable && life.rejectedAt === undefined ? 'struggling' : 'failing'
  if (life === undefined) return 'unknown'
  if (!isUsable) return 'expired'
  if (life.rejectedAt !== undefined) return 'rejected'
  return windowAt(life, now)
}

/** Tells whether a failure stands in the way at `now`: no attempt is made yet, or there is no usable token. */
export function isFailingAt({ failure, personReason, lives }: TimelineModel, now: number): boolean {
  if (failure === undefined || personReason === 'signed-out') return false
  if (failure.retryAt !== undefined && failure.retryAt > now) return true
  const life = currentLife(lives)
  return life === undefined || life.rejectedAt !== undefined || (life.expiresAt ?? Infinity) <= now
}

/** Says in which window a living token is at `now`. */
export function windowAt(life: TokenLife, now: number): 'fresh' | 'advisory' | 'mandatory' {
  if (life.mandatoryAt !== undefined && now >= life.mandatoryAt) return 'mandatory'
  return life.advisoryAt !== undefined && now >= life.advisoryAt ? 'advisory' : 'fresh'
}
